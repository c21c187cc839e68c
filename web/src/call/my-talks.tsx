import { Talks } from "./talks.tsx";

/** A buyer's own. */
export const MyTalks = () => <Talks />;
