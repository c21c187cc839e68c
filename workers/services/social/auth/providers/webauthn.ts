import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { Assertion, Attestation } from "../schemas.ts";

/** Where keys are valid. The rpID of a market is for ever: another domain knows none of its keys. */
export type Party = { readonly id: string; readonly name: string; readonly origin: string };

const TIMEOUT_MS = 300_000;

// A large library that most isolates never need.
const load = () => import("@simplewebauthn/server");

const toBytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "base64url"));

type Person = {
  readonly handle: string;
  readonly email: string;
  readonly challenge: string;
  readonly held: readonly { readonly credentialId: string; readonly transports: readonly string[] }[];
};

export async function registrationOptions(party: Party, { handle, email, challenge, held }: Person) {
  const { generateRegistrationOptions } = await load();
  return generateRegistrationOptions({
    rpName: party.name,
    rpID: party.id,
    userID: toBytes(handle),
    userName: email,
    challenge: toBytes(challenge),
    timeout: TIMEOUT_MS,
    attestationType: "none",
    excludeCredentials: held.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: [...transports],
    })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** Names no credential, so that nobody learns from it who has one: the authenticator offers what it holds. */
export async function authenticationOptions(party: Party, challenge: string) {
  const { generateAuthenticationOptions } = await load();
  return generateAuthenticationOptions({
    rpID: party.id,
    challenge: toBytes(challenge),
    timeout: TIMEOUT_MS,
    userVerification: "required",
  });
}

/** What the authenticator signed over; whether it is one of ours the ticket says. */
export function challengeOf({ response }: Attestation | Assertion): string | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(response.clientDataJSON, "base64url").toString("utf8"));
    const { challenge } = data as { challenge?: unknown };
    return typeof challenge === "string" ? challenge : undefined;
  } catch {
    return undefined;
  }
}

export type NewCredential = {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly isBackedUp: boolean;
};

/** Undefined when it does not hold: the library throws plain errors for whatever is wrong with it. */
export async function readAttestation(
  { id, origin }: Party,
  attestation: Attestation,
  challenge: string,
): Promise<NewCredential | undefined> {
  const { verifyRegistrationResponse } = await load();
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      // Parsed by our schema, which asks for every field of the type that is read.
      response: attestation as unknown as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
    });
    if (!verified) return undefined;
    const { credential, credentialBackedUp } = registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString("base64url"),
      counter: credential.counter,
      transports: credential.transports ?? [],
      isBackedUp: credentialBackedUp,
    };
  } catch {
    return undefined;
  }
}

type Held = { readonly credentialId: string; readonly publicKey: string; readonly counter: number };
type Expected = { readonly challenge: string; readonly held: Held };

export async function readAssertion(
  { id, origin }: Party,
  assertion: Assertion,
  { challenge, held }: Expected,
): Promise<{ readonly counter: number; readonly isBackedUp: boolean } | undefined> {
  const { verifyAuthenticationResponse } = await load();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: assertion as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      credential: {
        id: held.credentialId,
        publicKey: toBytes(held.publicKey),
        counter: held.counter,
      },
    });
    if (!verified) return undefined;
    return {
      counter: authenticationInfo.newCounter,
      isBackedUp: authenticationInfo.credentialBackedUp,
    };
  } catch {
    return undefined;
  }
}
