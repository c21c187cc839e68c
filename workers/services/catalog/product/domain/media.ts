export const MEDIA_KINDS = ["picture", "video"] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];
export const PICTURES_MAX = 9;
export const VIDEOS_MAX = 1;
