/// Element-wise work that is fused into a producer: it runs on each part of the producer's output
/// while that part is in cache.
package struct Epilogue {
  let run: (_ ranges: EqualRanges, _ worker: Int) -> Void

  /// Processes a flat range of the producer's output.
  package func callAsFunction(_ elements: Range<Int>, worker: Int) {
    run(EqualRanges(first: elements, count: 1, stride: 0), worker)
  }

  /// Processes `times` ranges of equal length whose starts are `stride` elements apart.
  package func callAsFunction(_ elements: Range<Int>, times: Int, stride: Int, worker: Int) {
    run(EqualRanges(first: elements, count: times, stride: stride), worker)
  }

  /// Processes the same rows of consecutive planes, the first of which starts at element `start`.
  func finish(rows: Range<Int>, of plane: Size2D, planes: Int, from start: Int, worker: Int) {
    guard !rows.isEmpty else { return }
    if rows.count == plane.height {
      self(start..<start + planes * plane.area, worker: worker)
    } else {
      let first = start + rows.lowerBound * plane.width
      self(
        first..<first + rows.count * plane.width, times: planes, stride: plane.area,
        worker: worker)
    }
  }
}

/// Flat ranges of equal length whose starts are equally far apart.
struct EqualRanges {
  let first: Range<Int>
  let count: Int
  let stride: Int
}
