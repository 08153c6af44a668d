// The front page: the rooms and how far each has come.

import { ask, openRooms } from "./api.js";

const number = new Intl.NumberFormat("en-GB");

function fill(name, { done, left, here, mark, marks }) {
  const room = document.getElementById(`room-${name}`);
  room.querySelector('[data-count="done"]').textContent = number.format(done);
  room.querySelector('[data-count="left"]').textContent = number.format(left);
  room.querySelector("progress").value = done + left ? done / (done + left) : 0;
  const notes = [];
  if (here) notes.push(`${number.format(here)} this time.`);
  if (mark && mark - done <= left) {
    const more = `${number.format(mark - done)} more`;
    notes.push(mark === marks[0] ? `${more}, and Banger can begin to learn.` : `${more} to the next mark, ${number.format(mark)}.`);
  }
  if (!left) notes.push(done ? "Nothing is left to ask." : name === "compare" ? "No burst is in the library yet." : "No photo is indexed yet.");
  room.querySelector(".note").textContent = notes.join(" ");
}

openRooms();
try {
  const { rooms } = await ask("/api/home");
  for (const [name, counts] of Object.entries(rooms)) fill(name, counts);
  const { consistency } = rooms.rate;
  if (consistency) {
    const aside = document.getElementById("consistency");
    aside.textContent = `Shown the same photo again, you were ${consistency.mean_difference.toFixed(1)} points apart on average (agreement ${consistency.srcc.toFixed(2)}).`;
    aside.hidden = false;
  }
} catch (error) {
  const problem = document.getElementById("problem");
  problem.textContent = error.message.replaceAll("`", "");
  problem.hidden = false;
  document.querySelector(".rooms").hidden = true;
}
