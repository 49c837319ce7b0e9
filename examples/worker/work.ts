// What is done with a message; here it takes a moment and prints what it was.
import { setTimeout as after } from "node:timers/promises";

export const work = async (body: string): Promise<void> => {
  await after(50);
  console.log(body);
};
