//! Sends recorded captures through the drivers, in virtual time.
#![forbid(unsafe_code)]

mod analog;
mod capture;
mod contact;
mod encoder;
mod failure;
mod flipper;
mod i2c;
mod keypad;
mod keys;
mod lcd;
mod line;
mod log;
mod nec;
mod nmea;
mod options;
mod pair;
mod pin;
mod pulses;
mod satellites;
mod stream;
mod wires;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use failure::Failure;
use options::Command;

const HELP: &str = "\
Sends a recorded capture through a driver, in virtual time, and prints a JSON
object per event.

  replay switch FILE [options]      debounced contact: close, open
  replay button FILE [options]      gestures: press, release, long, click,
                                    double, clicks, repeat
  replay encoder FILE [options]     knob or wheel: each change of the position,
                                    and the counters at the end
  replay analog FILE [options]      number, such as a voltage: each time that
                                    it leaves a band or enters it
  replay keypad FILE [options]      gestures of each key, and how many keys were
                                    ambiguous at the end
  replay nec FILE [options]         remote control: frames, repeats, errors
  replay nmea FILE [--each]         GPS receiver: the fix and the counters at the
                                    end; with --each, also after each sentence
  replay lcd FILE [options]         character display: each picture, and the
                                    counters at the end
  replay i2c FILE [options]         HTU21D, SHT21 or Si7021: each reading, why
                                    there is none, and the counters at the end
  replay stream FILE --as FORM      any bytes: each item with its offset, or why
                                    it was dropped

FILE of switch, button, encoder, analog and nec is a capture:
  text       lines `time level`, in us, separated by commas, semicolons or white
             space; further columns are other signals. 1 is the idle level, X
             and Z leave it as it was. Lines that begin with # or ; are comments.
             Labels in a first line name signals and unit: `Time [s],key`.
             The first label has to be a time, or --unit to be given. In a
             comment, a word like `time_ns` names the unit, too.
  Saleae     the CSV file of an export, which is such a text
  PulseView  the CSV file of an export, with times or without, and with the
             comment `Samplerate:`. With both, each time is that of its sample,
             since the first one, because sigrok rounds the times that it
             writes; --unit takes them as written
  VCD        by its name, .vcd, or if it begins with $
The signals of analog are decimal numbers in a text. In a VCD file they are
unsigned vectors or real variables. X, Z and empty fields leave a number as it was.
The last level is taken to last: events that follow from it are printed too. Times
may be negative. They are rounded down to us; edges in the same us keep their order.

FILE of nec may also be a Flipper's file, named .ir. Each raw signal in it is
replayed alone, from zero on, or only --signal NAME. In other files, 1 is the level
without light. Addresses and commands are printed in decimal.

FILE of keypad has lines `time ROWxCOL level`, as `1200 0x3 1`, in us; rows and
columns are 0 to 7, and 1 is a closed contact. Comments, X and Z are as above.
A .vcd file has a variable for each key, named ROWxCOL, in any scope. Keys connect
rows and columns as in a matrix: three corners of a rectangle make a ghost.

FILE of nmea is any bytes, or none. It is a capture of a serial line, 8N1, if its
name ends in .vcd, or if --signal, --column, --unit or --pps is given. Bits are timed
in ns. A note on standard error says if no sentence in it has a checksum.

FILE of lcd has lines `time RS E D4 D5 D6 D7`, or with RW behind RS, in us. It is
what a display that has just been switched on gets by four lines. A header names
the columns in another order, in a comment behind a word like `time_us`, or in a
first line of labels, of which others are ignored. A .vcd file has a signal for each
line, named as here, in small letters or not; RW is low if there is none. A picture is
the text of each line, even if the display is off, the place [row, column] of the
cursor or null, and whether the display is on. Characters of its own are ⓪ to ⑦.
Pulses are falls of E. Violations are writes that came too early, and lines that
change within the microsecond in which E falls.

FILE of i2c has lines `start bytes`, in us, as `18358 81 66 f0 8dn`: the address with
its direction first, in hexadecimal, and n behind a byte that was not acknowledged. A
repeated start is a line of its own, or /. If the header is `time_us SCL SDA`, lines
have the levels of the bus. A .vcd file has these signals. Readings are in hundredths
of a degree or a percent. An error is checksum, all_zeros, mixup for the other
quantity, no_checksum if the controller did not read it, short, or nack. If a sensor
that measures does not acknowledge, it is not ready, which is only counted. Messages
are counted from start to start. Those to another address than 80 and 81 are of
other_devices. unknown are other commands, and answers to no command.

In both, a malformed line is noted, counted and left out. So is one whose time is before
that of the line before, or after those of the next two. The exit status is 1 then.

FILE of stream is any bytes, or none. They come one right after the other. FORM is
  lines      ended by CR, LF or CR LF
  records    ended by a delimiter
  cobs       frames encoded by COBS with a CRC-16/IBM-SDLC, ended by a zero
  quiet      blocks that end with a pause. A file has no pauses between its bytes,
             so a block ends with the longest item, unless a byte takes longer
Bytes after the last end are an item, too. An item is printed as text if it is UTF-8,
and as an array of its bytes if not. An error is too_long, for more than 4096 bytes,
encoding or checksum. The offset is that of the item's first byte in the file.

Options of all but encoder, keypad, lcd, i2c and stream:
  --signal NAME       the signal, by its name or its number; in a VCD file
                      also with its scopes, a.b.NAME. The only one of a VCD file,
                      or the first of a text, need not be named. Lists the signals
                      if there is none of this name, or if NAME is left out at the
                      end of the command line
  --column N          the signal, by its number                              (1)

Options of all but lcd, i2c and stream:
  --unit UNIT         unit of the times in a text: s, ms, us, ns, ps, fs
                          (default: that of its labels, or us, with a note on
                          standard error if there are fractions)

Options of encoder, whose signals are the first two, `time a b` in a text. The
levels 11, 01, 00, 10 are a turn up. Changes of both levels in one line, or at one
time of a VCD file, are illegal:
  --a NAME, --b NAME  the signals, by their names or their numbers     (1 and 2)
  --divide N          quarter steps per position: 4 for a detent per cycle   (1)
  --min N, --max N    ends of the positions                      (default: none)
  --wrap [N]          wrap around: from --max to --min, or N positions from --min,
                      which is 0 by default
  --interval MS       shortest time between two reports, each a net change   (0)
  --accelerate N      a fast turn moves by up to N positions at a time       (1)
  --slow MS           time between positions that are one; half of it is two (100)

Options of analog, where each number is a reading. Both ends of the band are inside.
Numbers are compared exactly with --low and --high; they are less than 2^30 in units
of the last digit of all these options:
  --low N, --high N   the ends of the band                          (default: none)
  --around N          instead, from N below the first number to N above it
  --hysteresis N      by how much a number has to be inside to enter            (0)

Options of switch and button:
  --active LEVEL      level of a closed contact: low, high, learn   (default low)
  --rest STATE        state of the contact at rest: open, closed    (default open)

Options of switch, button and keypad:
  --mode MODE         eager, confirmed                              (default eager)
  --close MS          how long the contact settles after closing    (default 50)
  --open MS           the same after opening                        (default 50)

Options of button and keypad:
  --double MS         longest time between the presses of a double click  (400)
  --long MS           shortest long press                                 (1000)
  --repeat MS         repeat a held button this often            (default: never)
  --clicks N          largest number of clicks that is counted               (2)
  --exclusive         report clicks once their number is certain

Options of keypad:
  --pause MS          time between two scans                                 (5)
  --diodes            each key has a diode: there are no ghosts

Options of nec, at most one:
  --extended          accept addresses of 16 bits, which have no complement
  --samsung           Samsung's variant: an address of 8 bits, twice
  --apple             Apple's variant: the id of the remote control as the address

Options of nmea:
  --each              print an object after each sentence that is understood
  --satellites        print an object with the satellites of each system and signal
                      when a set is complete; not with --pps
  --pps NAME          the signal of the pulse per second, in the same capture: prints
                      an object per pulse, with its UTC or null
  --baud RATE         speed of the serial line, in bits per second        (9600)

Options of lcd:
  --columns N         characters per line, 8 to 40                          (16)
  --rows N            lines: 1, 2 or 4                                       (2)
  --prefix TEXT       what is before each name in a VCD file, as lcd_     (nothing)

Options of i2c, of a VCD file:
  --scl NAME, --sda NAME
                      the signals, by their names or their numbers (SCL and SDA)

Options of stream:
  --delimiter N       the byte that ends a record, in decimal                (0)
  --pause MS          the pause that ends a block                           (10)
  --baud RATE         speed at which the bytes come, in bits per second   (9600)

Captures are read as they are needed: events before a line that is malformed are
printed. Exit status: 0 if all was replayed, or the reader of the output closed
it; 1 if the capture cannot be read, is malformed or empty, or the output cannot
be written; 2 if the command line is wrong, or names a signal that is not there.
";

fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let replayed = options::parse().map_err(Failure::Usage);
    let replayed = replayed.and_then(|command| run(command, &mut out));
    // What was found before a failure is printed before it.
    let written = out.flush().map_err(Failure::Output);
    match replayed.and(written) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that closes the pipe needs no more.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            failure::note(&failure);
            ExitCode::from(match failure {
                Failure::Usage(_) => 2,
                Failure::Capture(_) | Failure::Output(_) => 1,
            })
        }
    }
}

fn run(command: Command, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Help => Ok(out.write_all(HELP.as_bytes())?),
        Command::Analog(options) => analog::replay(&options, out),
        Command::Encoder(options) => encoder::replay(&options, out),
        Command::I2c(options) => i2c::replay(&options, out),
        Command::Lcd(options) => lcd::replay(&options, out),
        Command::Keypad(options) => keypad::replay(&options, out),
        Command::Nec(options) => nec::replay(&options, out),
        Command::Nmea(options) => nmea::replay(&options, out),
        Command::Stream(options) => stream::replay(&options, out),
        Command::Switch(contact) => contact::switch(&contact, out),
        Command::Button(contact, timing) => contact::button(&contact, timing, out),
    }
}
