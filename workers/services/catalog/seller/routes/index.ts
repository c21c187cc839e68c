export { withPayoutAccount } from "./profile.ts";
