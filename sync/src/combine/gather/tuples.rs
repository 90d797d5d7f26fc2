//! Tuples of 2 to 8 children, with one struct for each length: a tuple has no pinned
//! fields.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_util::future::{MaybeDone, maybe_done};
use pin_project_lite::pin_project;

use super::{GatherChildren, TryGatherChildren, output, poll_child, sealed, value};

macro_rules! tuple {
    ($Running:ident: $($F:ident $T:ident $child:ident),+) => {
        pin_project! {
            pub struct $Running<$($F: Future),+> {
                $(#[pin] $child: MaybeDone<$F>,)+
            }
        }

        impl<$($F: Future),+> sealed::Begin for ($($F,)+) {
            type Running = $Running<$($F),+>;

            fn begin(self) -> Self::Running {
                let ($($child,)+) = self;
                $Running { $($child: maybe_done($child)),+ }
            }
        }

        impl<$($F: Future),+> GatherChildren for ($($F,)+) {
            type Output = ($($F::Output,)+);

            fn poll_all(
                running: Pin<&mut Self::Running>,
                cx: &mut Context<'_>,
            ) -> Poll<Self::Output> {
                let mut this = running.project();
                let mut all = true;
                $(all &= this.$child.as_mut().poll(cx).is_ready();)+
                if !all {
                    return Poll::Pending;
                }
                Poll::Ready(($(output(this.$child),)+))
            }
        }

        impl<$($F, $T,)+ Z> TryGatherChildren for ($($F,)+)
        where
            $($F: Future<Output = Result<$T, Z>>,)+
        {
            type Values = ($($T,)+);
            type Error = Z;

            fn poll_all(
                running: Pin<&mut Self::Running>,
                cx: &mut Context<'_>,
            ) -> Poll<Result<Self::Values, Z>> {
                let mut this = running.project();
                let mut all = true;
                let mut poll_each = || {
                    $(all &= poll_child(this.$child.as_mut(), cx)?;)+
                    Ok(())
                };
                if let Err(error) = poll_each() {
                    $(this.$child.set(MaybeDone::Gone);)+
                    return Poll::Ready(Err(error));
                }
                if !all {
                    return Poll::Pending;
                }
                Poll::Ready(Ok(($(value(this.$child),)+)))
            }
        }
    };
}

tuple!(Two: A TA a, B TB b);
tuple!(Three: A TA a, B TB b, C TC c);
tuple!(Four: A TA a, B TB b, C TC c, D TD d);
tuple!(Five: A TA a, B TB b, C TC c, D TD d, E TE e);
tuple!(Six: A TA a, B TB b, C TC c, D TD d, E TE e, F TF f);
tuple!(Seven: A TA a, B TB b, C TC c, D TD d, E TE e, F TF f, G TG g);
tuple!(Eight: A TA a, B TB b, C TC c, D TD d, E TE e, F TF f, G TG g, H TH h);
