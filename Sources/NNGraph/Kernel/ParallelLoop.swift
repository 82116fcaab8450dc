import NNKernels

/// Loops that run on the worker pool, for modules that do not import kernels.
package enum ParallelLoop {
  /// Calls `body` once with each of the ranges that partition 0 ..< `count`, from several threads.
  ///
  /// - Parameters:
  ///   - partCount: The number of elements in a range; the last range may be shorter.
  ///   - body: Processes one range; it must not write what another call reads or writes.
  package static func run(
    over count: Int, partsOf partCount: Int, body: @Sendable (_ range: Range<Int>) -> Void
  ) {
    WorkerPool.run(chunks: (count + partCount - 1) / partCount) { chunk, _ in
      body(chunk * partCount..<min(count, (chunk + 1) * partCount))
    }
  }
}
