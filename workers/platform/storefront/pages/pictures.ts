/** The widths that pictures are served in, as Product has them. */
const WIDTHS = [160, 320, 640, 1280] as const;

export const sized = (url: string, width: (typeof WIDTHS)[number]): string => `${url}?width=${width}`;
/** All of them, for the browser to choose from. */
export const sourcesOf = (url: string): string =>
  WIDTHS.map((width) => `${sized(url, width)} ${width}w`).join(", ");

/** How wide the picture of a card and of a product's page is shown, whatever draws it. */
export const CARD_SIZES = "(min-width: 1024px) 240px, (min-width: 640px) 33vw, 50vw";
export const PAGE_SIZES = "(min-width: 768px) 50vw, 100vw";
