// Arm semihosting: how the firmware speaks to us ("Semihosting for AArch32 and
// AArch64", Arm, section "Semihosting operations").

const [SYS_OPEN, SYS_WRITEC, SYS_WRITE0, SYS_WRITE, SYS_EXIT, SYS_EXIT_EXTENDED, SYS_ELAPSED] =
  [0x01, 0x03, 0x04, 0x05, 0x18, 0x20, 0x30];

/** "Stopped, because the application exited": anything else is a failure. */
const APPLICATION_EXIT = 0x20026;

/**
 * Answers one request: the operation in r0, its argument in r1, the answer in r0.
 * `memory` reads bytes and words, and writes words; `say` takes text, `exit` a status, and
 * `elapsed` returns how many instructions there were.
 */
export function answer([operation, argument], memory, { say, exit, elapsed }) {
  const text = (address, length) => {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i++) bytes[i] = memory.byte(address + i);
    return bytes.toString('utf8');
  };
  switch (operation) {
    case SYS_OPEN:
      return 1; // Whatever is opened is the console.
    case SYS_WRITEC:
      say(text(argument, 1));
      return 0;
    case SYS_WRITE0: {
      let length = 0;
      while (memory.byte(argument + length) !== 0) length++;
      say(text(argument, length));
      return 0;
    }
    case SYS_WRITE:
      say(text(memory.word(argument + 4), memory.word(argument + 8)));
      return 0; // The number of bytes that were not written.
    case SYS_EXIT:
      exit(argument === APPLICATION_EXIT ? 0 : 1);
      return 0;
    case SYS_EXIT_EXTENDED:
      exit(memory.word(argument) === APPLICATION_EXIT ? memory.word(argument + 4) : 1);
      return 0;
    case SYS_ELAPSED: {
      // The unit of a tick is the target's choice: here it is an instruction.
      const ticks = elapsed();
      memory.setWord(argument, ticks % 2 ** 32);
      memory.setWord(argument + 4, Math.floor(ticks / 2 ** 32));
      return 0;
    }
    default:
      throw new Error(`semihosting operation 0x${operation.toString(16)} is not answered here`);
  }
}
