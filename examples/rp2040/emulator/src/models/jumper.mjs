// A jumper wire from one pin to another, or from a UART's output to its input.

export default class Jumper {
  #moved = 0;
  #bytes = 0;

  /** A wire leads from the pin `from` to the pin `to`; one at a UART carries whole bytes. */
  constructor(board, { from, to, uart }) {
    if (uart === undefined) {
      board.watch((moved, level) => {
        if (moved !== from) return;
        this.#moved++;
        board.drive(to, level);
      });
      board.drive(to, board.level(from));
    } else {
      const line = board.mcu.uart[uart];
      line.onByte = (byte) => {
        this.#bytes++;
        line.receive(byte);
      };
    }
  }

  state() {
    return { changes: this.#moved, bytes: this.#bytes };
  }
}
