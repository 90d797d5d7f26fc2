//! The names that [`local`](crate::local) and [`shared`](crate::shared) have in common.

/// Defines an alias of each primitive with the module's raw mutex.
macro_rules! aliases {
    ($Raw:ident) => {
        use crate::kernel::raw::$Raw as Raw;

        /// [`crate::Barrier`] with this module's raw mutex.
        pub type Barrier = crate::Barrier<Raw>;
        /// [`crate::BoundedSemaphore`] with this module's raw mutex.
        pub type BoundedSemaphore = crate::BoundedSemaphore<Raw>;
        /// [`crate::Broker`] with this module's raw mutex.
        pub type Broker<'a, K, A, const SUBS: usize> = crate::Broker<'a, Raw, K, A, SUBS>;
        /// [`crate::CancelToken`] with this module's raw mutex.
        pub type CancelToken = crate::CancelToken<Raw>;
        /// [`crate::Condition`] with this module's raw mutex.
        pub type Condition = crate::Condition<Raw>;
        /// [`crate::Event`] with this module's raw mutex.
        pub type Event = crate::Event<Raw>;
        /// [`crate::Flag`] with this module's raw mutex.
        pub type Flag = crate::Flag<Raw>;
        /// [`crate::IrqClaim`] with this module's raw mutex.
        pub type IrqClaim<'a> = crate::IrqClaim<'a, Raw>;
        /// [`crate::IrqEdges`] with this module's raw mutex.
        pub type IrqEdges<C, const N: usize, L = ()> = crate::IrqEdges<Raw, C, N, L>;
        /// [`crate::IrqFlag`] with this module's raw mutex.
        pub type IrqFlag = crate::IrqFlag<Raw>;
        /// [`crate::IrqInput`] with this module's raw mutex.
        pub type IrqInput<'a, C, const N: usize, L = ()> = crate::IrqInput<'a, Raw, C, N, L>;
        /// [`crate::Listener`] with this module's raw mutex.
        pub type Listener<'a, T> = crate::Listener<'a, Raw, T>;
        /// [`crate::Message`] with this module's raw mutex.
        pub type Message<T> = crate::Message<Raw, T>;
        /// [`crate::Mutex`] with this module's raw mutex.
        pub type Mutex<T> = crate::Mutex<Raw, T>;
        /// [`crate::MutexGuard`] with this module's raw mutex.
        pub type MutexGuard<'a, T> = crate::MutexGuard<'a, Raw, T>;
        /// [`crate::Promise`] with this module's raw mutex.
        pub type Promise<T> = crate::Promise<Raw, T>;
        /// [`crate::Queue`] with this module's raw mutex.
        pub type Queue<T, const N: usize> = crate::Queue<Raw, T, N>;
        /// [`crate::RetriggerableDelay`] with this module's raw mutex.
        pub type RetriggerableDelay<C> = crate::RetriggerableDelay<Raw, C>;
        /// [`crate::RingQueue`] with this module's raw mutex.
        pub type RingQueue<T, const N: usize> = crate::RingQueue<Raw, T, N>;
        /// [`crate::SharedBus`] with this module's raw mutex.
        pub type SharedBus<B> = crate::SharedBus<Raw, B>;
        /// [`crate::SharedI2c`] with this module's raw mutex.
        pub type SharedI2c<'a, B> = crate::SharedI2c<'a, Raw, B>;
        /// [`crate::SharedSpi`] with this module's raw mutex.
        pub type SharedSpi<'a, B, CS, D, F = crate::AsIs> = crate::SharedSpi<'a, Raw, B, CS, D, F>;
        /// [`crate::Semaphore`] with this module's raw mutex.
        pub type Semaphore = crate::Semaphore<Raw>;
        /// [`crate::SemaphorePermit`] with this module's raw mutex.
        pub type SemaphorePermit<'a> = crate::SemaphorePermit<'a, Raw>;
    };
}

pub(crate) use aliases;
