import NNCore
import NNKernels

extension ConvolutionWork {
  /// output = W · P for every picture, group and strip, each followed by the epilogue.
  ///
  /// - Parameter scratch: `patchByteCount` bytes for each worker.
  func products(
    of pictures: UnsafeMutableRawPointer, with weight: UnsafeMutableRawPointer,
    into output: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer,
    _ context: KernelContext
  ) -> Kernel {
    let loops = context.loops
    let epilogue = context.epilogue
    let units = images * strips
    let unitsPerChunk = unitsPerChunk(of: units)
    let bytes = dtype.byteCount
    return .parallel((units + unitsPerChunk - 1) / unitsPerChunk) { chunk, worker in
      let first = chunk * unitsPerChunk
      for unit in first..<min(units, first + unitsPerChunk) {
        let image = unit / strips
        let rows = rows(ofStrip: unit % strips)
        let columns = rows.count * places.width
        for group in 0..<groups {
          let patches = patches(
            of: pictures, image: image, group: group, rows: rows,
            into: scratch + worker * patchByteCount, loops)
          let start = outputOffset(image: image, group: group, row: rows.lowerBound)
          BLAS.gemm(
            dtype, m: outputChannels, n: columns, k: patch,
            a: weight + weightOffset(group: group) * bytes, lda: patch,
            b: patches.address, ldb: patches.rowStride,
            c: output + start * bytes, ldc: places.area)
          guard let epilogue else { continue }
          if strips == 1 {
            epilogue(start..<start + outputChannels * columns, worker: worker)
          } else {
            for channel in 0..<outputChannels {
              let begin = start + channel * places.area
              epilogue(begin..<begin + columns, worker: worker)
            }
          }
        }
      }
    }
  }
}
