/** Every change of a campaign starts a new generation of this tag. */
export const MARKET_TAG = "ad-market";
