/** The writes over which every shape of a query is read and watched, and the rows that they leave. */
import * as db from "./fixtures.ts";
import type { Stage } from "./scenario.ts";

/** A row of `people`. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly city: string | null;
  readonly score: number;
}

/** A row of `messages`. */
export interface Message {
  readonly id: number;
  readonly room: number;
  readonly senderId: number;
  readonly sentAt: number;
}

/** The rows that the database has by now. */
export class Rows {
  readonly people = new Map<number, Person>();
  readonly messages = new Map<number, Message>();

  /** By key. */
  get everyone(): Person[] {
    return [...this.people.values()].sort((a, b) => a.id - b.id);
  }

  /** By key. */
  get all(): Message[] {
    return [...this.messages.values()].sort((a, b) => a.id - b.id);
  }

  /** By key. */
  messagesOf(person: Person): Message[] {
    return this.all.filter(({ senderId }) => senderId === person.id);
  }
}

/** Writes that make each shape change in each of its ways, one after the other. */
export function shapeHistory(
  { session }: Stage,
  { people, messages }: Rows,
): readonly (() => Promise<void>)[] {
  const add = async (...added: Person[]) => {
    for (const person of added) people.set(person.id, person);
    await session.batch(db.addPerson, added.map(({ id, name, city, score }) => [id, name, city, score]));
  };
  const send = async (...sent: Message[]) => {
    for (const message of sent) messages.set(message.id, message);
    await session.batch(
      db.addKeyedMessage,
      sent.map(({ id, room, senderId, sentAt }) => [id, room, senderId, sentAt]),
    );
  };
  const move = async (id: number, city: string | null, score: number) => {
    people.set(id, { ...people.get(id)!, city, score });
    await session.write(db.movePerson, [city, score, id]);
  };
  const rename = async (id: number, name: string) => {
    people.set(id, { ...people.get(id)!, name });
    await session.write(db.renamePerson, [name, id]);
  };
  const leave = async (id: number) => {
    people.delete(id);
    await session.write(db.removePerson, [id]);
  };
  const unsend = async (...ids: number[]) => {
    for (const id of ids) messages.delete(id);
    await session.batch(db.removeMessage, ids.map((id) => [id]));
  };
  const person = (id: number, city: string | null, score: number): Person => ({
    id,
    name: `p${id}`,
    city,
    score,
  });
  const message = (id: number, room: number, senderId: number, sentAt = id * 10): Message => ({
    id,
    room,
    senderId,
    sentAt,
  });
  return [
    () => add(person(1, "Rome", 1), person(2, "Oslo", 2), person(3, null, 3), person(4, "Rome", 4)),
    () => add(person(5, "Oslo", 5), person(6, null, 6), person(7, "Bonn", 7)),
    () => send(message(1, 1, 1), message(2, 1, 1), message(3, 2, 1), message(4, 1, 4), message(5, 2, 5)),
    // One of many children goes, then the last one.
    () => unsend(1),
    () => unsend(2, 3),
    () => send(message(6, 1, 6), message(7, 1, 1, 2000)),
    // From group to group, from and to NULL.
    () => move(1, "Oslo", 9),
    () => move(3, "Rome", 3),
    () => move(4, null, 8),
    () => move(7, "Rome", 7),
    () => rename(5, "p95x"),
    () => rename(2, "p9"),
    // A tie, and a value out of the middle.
    () => move(2, "Oslo", 9),
    () => leave(5),
    () => leave(1),
    () => send(message(8, 1, 99), message(9, 1, 2)),
    () => unsend(4, 7),
    () => leave(7),
    () => move(6, "Rome", -3),
    async () => {
      const ids = [...people.keys()];
      people.clear();
      await session.batch(db.removePerson, ids.map((id) => [id]));
    },
  ];
}
