use core::fmt;
use core::ops::Deref;

/// An item of a `Stream`: up to `N` bytes, which it owns.
///
/// ```
/// use futures_util::{TryStreamExt, pin_mut};
/// use tickwire_drivers::stream::Exactly;
///
/// let mut stream = Exactly::<_, 4>::new(&b"onetwo"[..]);
/// let chunks = stream.chunks(3);
/// # tickwire_sim::Sim::new().run(async {
/// pin_mut!(chunks);
/// let (one, two) = (chunks.try_next().await.unwrap(), chunks.try_next().await.unwrap());
/// assert_eq!((&*one.unwrap(), &*two.unwrap()), (&b"one"[..], &b"two"[..]));
/// # });
/// ```
#[derive(Clone, Copy)]
pub struct Piece<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Piece<N> {
    pub(super) fn new(piece: &[u8]) -> Self {
        let mut bytes = [0; N];
        let len = piece.len().min(N);
        for (to, from) in bytes.iter_mut().zip(piece) {
            *to = *from;
        }
        Self { bytes, len }
    }
}

impl<const N: usize> Deref for Piece<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl<const N: usize> PartialEq for Piece<N> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<const N: usize> Eq for Piece<N> {}

impl<const N: usize> fmt::Debug for Piece<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}
