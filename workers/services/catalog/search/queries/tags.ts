/** Every change of a listing starts a new generation of this tag. */
export const LISTING_TAG = "listing";
