import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Id } from "#kernel/ids";
import { createProfile } from "#services/social/user/index";
import { cid, openMarket } from "../../support/chat-market.ts";
import type { Client } from "../../support/harness.ts";
import { enter } from "../../support/room.ts";

type Person = Client & { readonly userId: Id<"user"> };

/** People with names, the first of whom opens groups. */
async function openPeople(count: number) {
  const { h } = await openMarket();
  const userIds = Array.from({ length: count }, () => h.ids.next("user"));
  const about = (userId: string) => ({
    name: "Budi",
    email: `${userId}@people.example`,
    locale: "en" as const,
  });
  await h.ctx().db.commit(userIds.map((userId) => createProfile({ userId, now: 0, ...about(userId) })));
  const people = await Promise.all(
    userIds.map(async (userId): Promise<Person> => ({ ...(await h.buyer(userId)), userId })),
  );
  const open = async (by: Person, others: readonly Person[]) => {
    const body = { userIds: others.map(({ userId }) => userId), title: "Kopi bareng" };
    const answer = await by.post("/v1/chats", body);
    return { answer, path: `/v1/chats/${answer.body.id}` };
  };
  const say = async (who: Client, path: string, text: string) =>
    (await who.post(`${path}/messages`, { cid: cid(), text })).status;
  const wordsOf = async (who: Client, path: string): Promise<readonly string[]> => {
    const { body } = await who.get(`${path}/messages`);
    return body.items.map((one: { text: string }) => one.text).toReversed();
  };
  return { h, people, open, say, wordsOf };
}
const put = (who: Client, path: string, { userId }: Person, role = "member") =>
  who.put(`${path}/people/${userId}`, { role });
const drop = (who: Client, path: string, { userId }: Person) => who.delete(`${path}/people/${userId}`);

test("who is added, or comes back, reads what is said from then on, over every way there is", async () => {
  const { h, people, open, say, wordsOf } = await openPeople(3);
  const [ani, budi, citra] = people as [Person, Person, Person];
  const { path, answer } = await open(ani, [budi]);
  await say(ani, path, "rahasia lama");
  expect((await put(ani, path, citra)).status).toBe(204);
  await evictDurableObject(h.env.CHAT_ROOM.getByName(`${h.cell}:chat-room:${answer.body.id}`));
  const socket = await enter(h, (await citra.post(`${path}/tickets`)).body);
  socket.send({ t: "hello", since: 0 });
  expect((await socket.next("welcome")).parties).toHaveLength(3);
  await say(budi, path, "halo Citra");
  expect(await socket.next("message")).toMatchObject({ text: "halo Citra" });
  // A later change of an old message brings it to nobody who was not there.
  socket.send({ t: "react", cid: "react-0001", id: 1, emoji: "👍", isOn: true });
  expect(await socket.next(({ re }) => re === "react-0001")).toMatchObject({
    code: "chat.message_not_found",
  });
  expect(await wordsOf(citra, path)).toEqual(["halo Citra"]);
  expect((await citra.get(`${path}/search?q=rahasia`)).body.items).toEqual([]);
  expect((await budi.get(`${path}/search?q=rahasia`)).body.items).toHaveLength(1);
  expect((await citra.post(`${path}/reports`, { messageId: 1, reason: "spam" })).status).toBe(404);
  expect((await drop(ani, path, citra)).status).toBe(204);
  expect(await socket.closed).toMatchObject({ code: 4403 });
  await say(budi, path, "tanpa Citra");
  await put(ani, path, citra);
  await say(budi, path, "lagi");
  expect(await wordsOf(citra, path)).toEqual(["lagi"]);
  expect(JSON.stringify(socket.frames)).not.toMatch(/rahasia|tanpa/);
});

test("owner and admins run a group; whoever goes as its owner leaves it to an admin", async () => {
  const { people, open } = await openPeople(5);
  const [ani, budi, citra, dewi, eko] = people as [Person, Person, Person, Person, Person];
  const { path } = await open(ani, [budi, citra]);
  const code = async (answer: Promise<{ body: { code?: string } | null }>) =>
    (await answer).body?.code ?? "done";
  expect(await code(put(budi, path, dewi))).toBe("chat.not_yours_to_set");
  expect(await code(drop(budi, path, citra))).toBe("chat.not_yours_to_set");
  expect(await code(put(ani, path, budi, "admin"))).toBe("done");
  expect(await code(put(budi, path, dewi))).toBe("done");
  expect(await code(put(budi, path, eko, "admin"))).toBe("chat.not_yours_to_set");
  expect(await code(drop(budi, path, citra))).toBe("done");
  expect(await code(drop(budi, path, ani))).toBe("chat.not_yours_to_set");
  expect(await code(put(eko, path, citra))).toBe("chat.not_found");
  expect(await code(ani.post(`${path}/leave`))).toBe("done");
  expect(await code(put(budi, path, eko, "admin"))).toBe("done");
  const { parties, ownerId } = (await budi.get(path)).body;
  expect(parties.map((one: { role: string }) => one.role).toSorted()).toEqual(["admin", "admin", "member"]);
  expect(ownerId).toBe(budi.userId);
  expect(parties.map((one: { name: string }) => one.name)).toEqual(["Budi", "Budi", "Budi"]);
});

test("two of whom one has blocked the other are in no group together, however they are added", async () => {
  const { h, people, open } = await openPeople(4);
  const [ani, budi, citra, dewi] = people as [Person, Person, Person, Person];
  const [own, others] = [await open(ani, [budi, citra]), await open(citra, [ani, budi])];
  const block = (isBlocked: boolean) => ani.put(`/v1/chats/blocks/${budi.userId}`, { isBlocked });
  expect((await block(true)).body).toEqual({ isBlocked: true });
  expect((await ani.get("/v1/chats/blocks")).body.items).toEqual([{ userId: budi.userId, name: "Budi" }]);
  // He goes from hers; from anybody else's she goes herself.
  expect((await budi.get(own.path)).status).toBe(404);
  expect((await ani.get(others.path)).status).toBe(404);
  expect((await budi.get(others.path)).status).toBe(200);
  for (const [by, path, who] of [
    [ani, own.path, budi],
    [citra, others.path, ani],
  ] as const) {
    expect((await put(by, path, who)).body.code).toBe("chat.kept_apart");
  }
  expect((await open(budi, [ani])).answer.body.code).toBe("chat.kept_apart");
  expect((await open(dewi, [ani, budi])).answer.body.code).toBe("chat.kept_apart");
  // Both are added at once, by two hands: one of them is there.
  const race = await open(dewi, [citra]);
  const both = await Promise.all([ani, budi].map((who) => put(dewi, race.path, who)));
  expect(both.map(({ status }) => status).toSorted()).toEqual([204, 409]);
  await block(false);
  expect((await put(ani, own.path, budi)).status).toBe(204);
  await h.drain();
  expect((await budi.get(own.path)).status).toBe(200);
});
