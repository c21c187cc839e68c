import { Users } from "lucide-react";

type Props = {
  readonly name: string;
  readonly isGroup?: boolean;
  /** What is said of somebody who is here now. */
  readonly isHere?: string | undefined;
};

/** The beginning of a name, where there is no picture; a group has its sign. */
export const Face = ({ name, isGroup = false, isHere }: Props) => (
  <span className="face">
    {isGroup ? (
      <Users size={20} aria-hidden />
    ) : (
      <span aria-hidden>{[...name.trim()][0]?.toUpperCase() ?? "?"}</span>
    )}
    {isHere !== undefined && <span role="img" aria-label={isHere} className="face-here" />}
  </span>
);
