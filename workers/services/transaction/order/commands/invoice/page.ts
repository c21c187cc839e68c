export { drawable, openDocument, PAGE, Sheet } from "#kernel/sheet";
