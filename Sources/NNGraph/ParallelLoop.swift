import NNKernels

/// Work on many elements, shared by the threads of the pool, for modules that see no kernel.
public enum ParallelLoop {
  /// Calls `body` with ranges that cover 0 ..< `count`, each once, from several threads.
  ///
  /// - Parameters:
  ///   - partCount: Elements in a range; the last one may be shorter.
  ///   - body: Works on one range, and writes nothing that another range reads or writes.
  public static func run(
    over count: Int, partsOf partCount: Int, body: @Sendable (_ range: Range<Int>) -> Void
  ) {
    WorkerPool.run(chunks: (count + partCount - 1) / partCount) { chunk, _ in
      body(chunk * partCount..<min(count, (chunk + 1) * partCount))
    }
  }
}
