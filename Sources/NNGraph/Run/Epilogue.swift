/// Element-wise work on the elements that a producer has just finished, while they are in cache.
public struct Epilogue {
  let run: (_ ranges: EqualRanges, _ worker: Int) -> Void

  /// Processes a flat range of the producer's output.
  public func callAsFunction(_ elements: Range<Int>, worker: Int) {
    run(EqualRanges(first: elements, count: 1, stride: 0), worker)
  }

  /// Processes the same range again and again, `stride` elements further each time.
  public func callAsFunction(_ elements: Range<Int>, times: Int, stride: Int, worker: Int) {
    run(EqualRanges(first: elements, count: times, stride: stride), worker)
  }

  /// Processes rows of neighbouring planes, the first of which starts at element `start`.
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

/// Flat ranges of equal length and distance.
struct EqualRanges {
  let first: Range<Int>
  let count: Int
  let stride: Int
}
