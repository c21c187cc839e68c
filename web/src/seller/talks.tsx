import { Talks } from "../call/talks.tsx";
import { useShop } from "./shop.ts";

export const TalksPage = () => <Talks seller={useShop().seller} />;
