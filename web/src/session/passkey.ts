import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import { call } from "../api/client.ts";
import type { Schemas } from "../api/schema.gen.ts";

/** Whether this browser can show a passkey at all. */
export const hasPasskeys = (): boolean => typeof PublicKeyCredential === "function";

/** What the authenticator says to a challenge of ours; it rejects when the person thinks better of it. */
export async function askPasskey(): Promise<Schemas["Assertion"]> {
  const [{ startAuthentication }, options] = await Promise.all([
    import("@simplewebauthn/browser"),
    call("POST /v1/auth/passkeys/options", {}),
  ]);
  // The server writes the options in WebAuthn's form; the API's description says the challenge alone.
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const { id, rawId, response, clientExtensionResults } = await startAuthentication({ optionsJSON });
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    id,
    rawId,
    type: "public-key",
    clientExtensionResults: { ...clientExtensionResults },
    response: { clientDataJSON, authenticatorData, signature, ...(userHandle && { userHandle }) },
  };
}
