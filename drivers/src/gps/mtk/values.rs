//! The values of commands, each in the range that receivers accept.

/// A speed of the serial line that [`Command::Baud`](super::Command::Baud) can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Baud {
    /// 4 800 bits per second.
    B4800,
    /// 9 600 bits per second, the default of most receivers.
    B9600,
    /// 14 400 bits per second.
    B14400,
    /// 19 200 bits per second.
    B19200,
    /// 38 400 bits per second.
    B38400,
    /// 57 600 bits per second.
    B57600,
    /// 115 200 bits per second.
    B115200,
}

/// The time from one fix to the next: 100 ms to 10 s.
///
/// ```
/// use tickwire_drivers::gps::mtk::Interval;
///
/// assert_eq!(Interval::from_millis(200).unwrap().millis(), 200);
/// assert_eq!((Interval::from_millis(99), Interval::from_millis(10_001)), (None, None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Interval(u16);

/// A speed below which the position is held still: up to 2 m/s.
///
/// ```
/// use tickwire_drivers::gps::mtk::Threshold;
///
/// assert_eq!(Threshold::from_tenths(4).unwrap().tenths(), 4); // 0.4 m/s
/// assert_eq!(Threshold::from_tenths(21), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Threshold(u8);

/// What a receiver keeps when it restarts: the commands 101 to 104.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Restart {
    /// 101: everything.
    Hot,
    /// 102: everything except for the ephemeris.
    Warm,
    /// 103: no time, position, almanac and ephemeris.
    Cold,
    /// 104: nothing. Settings return to the factory's, such as the speed of the serial line.
    FullCold,
}

/// The source of differential corrections: the command 301.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Differential {
    /// None.
    Off,
    /// RTCM messages.
    Rtcm,
    /// The satellites of an SBAS, such as WAAS and EGNOS.
    Sbas,
}

/// Systems whose satellites a receiver searches: the command 353. There is at least one.
///
/// ```
/// use tickwire_drivers::gps::mtk::Systems;
///
/// let systems = Systems::GPS.and(Systems::GALILEO);
/// assert!(systems.contains(Systems::GALILEO) && !systems.contains(Systems::BEIDOU));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Systems(u8);

impl Baud {
    /// All speeds, from the slowest.
    pub const ALL: [Self; 7] = [
        Self::B4800,
        Self::B9600,
        Self::B14400,
        Self::B19200,
        Self::B38400,
        Self::B57600,
        Self::B115200,
    ];

    /// Returns the speed with this number of bits per second, if there is one.
    ///
    /// ```
    /// use tickwire_drivers::gps::mtk::Baud;
    ///
    /// assert_eq!(Baud::from_bits_per_second(57_600), Some(Baud::B57600));
    /// assert_eq!(Baud::from_bits_per_second(57_601), None);
    /// ```
    pub fn from_bits_per_second(bits_per_second: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|baud| baud.bits_per_second() == bits_per_second)
    }

    /// Returns the number of bits per second.
    pub const fn bits_per_second(self) -> u32 {
        match self {
            Self::B4800 => 4_800,
            Self::B9600 => 9_600,
            Self::B14400 => 14_400,
            Self::B19200 => 19_200,
            Self::B38400 => 38_400,
            Self::B57600 => 57_600,
            Self::B115200 => 115_200,
        }
    }
}

impl Interval {
    /// Creates an interval. Returns `None` if it is not in `100..=10_000` ms.
    pub const fn from_millis(millis: u16) -> Option<Self> {
        if 100 <= millis && millis <= 10_000 { Some(Self(millis)) } else { None }
    }

    /// Returns the interval in milliseconds.
    pub const fn millis(self) -> u16 {
        self.0
    }
}

impl Threshold {
    /// The position is never held still.
    pub const OFF: Self = Self(0);

    /// Creates a threshold in tenths of a meter per second. Returns `None` if it is not in
    /// `0..=20`.
    pub const fn from_tenths(tenths: u8) -> Option<Self> {
        if tenths <= 20 { Some(Self(tenths)) } else { None }
    }

    /// Returns the threshold in tenths of a meter per second.
    pub const fn tenths(self) -> u8 {
        self.0
    }
}

impl Systems {
    /// GPS, United States.
    pub const GPS: Self = Self(1);
    /// GLONASS, Russia.
    pub const GLONASS: Self = Self(1 << 1);
    /// Galileo, European Union.
    pub const GALILEO: Self = Self(1 << 2);
    /// BeiDou, China.
    pub const BEIDOU: Self = Self(1 << 4);

    /// Returns the systems of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether all systems of `other` are included.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the five fields of the command: a bit each, in its order. The fourth is a mode of
    /// Galileo that no document explains.
    pub(super) fn flags(self) -> [bool; 5] {
        core::array::from_fn(|index| self.0 >> index & 1 == 1)
    }
}
