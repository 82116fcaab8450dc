/// A subsample of a stream: every n-th element, with a fixed maximum of elements.
///
/// All elements are kept until the capacity is reached. Then every second one is dropped, and from
/// then on only every second one is added, and so on: the stride is a power of two. Adding an
/// element costs a few instructions; memory is allocated once.
package struct ThinnedSeries<Element: Sendable>: Sendable {
  /// The kept elements in their order; the first element of the stream is always kept.
  package private(set) var elements: [Element] = []
  /// The distance between kept elements in the stream.
  package private(set) var stride = 1
  private let capacity: Int
  private var skips = 0

  /// Creates a series of at most `capacity` elements, an even number.
  package init(capacity: Int) {
    precondition(
      capacity >= 2 && capacity.isMultiple(of: 2), "expected an even capacity, found \(capacity)")
    self.capacity = capacity
    elements.reserveCapacity(capacity)
  }

  /// Adds the next element of the stream.
  package mutating func append(_ element: Element) {
    if skips > 0 {
      skips -= 1
      return
    }
    if elements.count == capacity { thin() }
    elements.append(element)
    skips = stride - 1
  }

  private mutating func thin() {
    for index in 0..<capacity / 2 { elements[index] = elements[2 * index] }
    elements.removeLast(capacity / 2)
    stride *= 2
  }
}
