import fc from "fast-check";
import { expect, test } from "vitest";
import { Seats } from "#objects/room-gate";

const MAX = 20;

test("a room never has more sockets than seats, and whoever comes while there is one gets it", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (moves) => {
      let present = 0;
      const seats = new Seats(MAX, () => present);
      for (const comes of moves) {
        if (!comes) present = Math.max(0, present - 1);
        else {
          const hasRoom = present < MAX;
          expect(seats.take()).toBe(hasRoom);
          if (hasRoom) present += 1;
        }
      }
    }),
  );
});

test("a crowd that comes together is not counted at each arrival", () => {
  let counts = 0;
  const seats = new Seats(10_000, () => {
    counts += 1;
    return 0;
  });
  for (let i = 0; i < 10_000; i += 1) expect(seats.take()).toBe(true);
  expect(counts).toBe(1);
});
