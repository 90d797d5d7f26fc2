// The DMA controller of rp2040js 1.4.1 takes CHAN_ABORT, and has nothing to read there
// (RP2040 datasheet, 2.5.7): a bit is set until its channel is safe, which it is at once.

const CHAN_ABORT = 0x444;

export function shimDma(dma) {
  const read = dma.readUint32.bind(dma);
  dma.readUint32 = (offset) => (offset === CHAN_ABORT ? 0 : read(offset));
}
