/// A stream's elements at equal distances, of which there are never more than a fixed number.
///
/// While they fit, all are kept. Then every second one is dropped, and from there on every second one
/// is taken, and so on: the distance is a power of two. An element costs a few instructions, and
/// memory for all is taken at once.
package struct ThinnedSeries<Element: Sendable>: Sendable {
  /// What is kept, in its order; the first element of the stream always is.
  package private(set) var elements: [Element] = []
  /// The distance of kept elements in the stream.
  package private(set) var stride = 1
  private let capacity: Int
  private var skips = 0

  /// A series of no more than `capacity` elements, an even number.
  package init(capacity: Int) {
    precondition(capacity >= 2 && capacity.isMultiple(of: 2), "\(capacity) is not even")
    self.capacity = capacity
    elements.reserveCapacity(capacity)
  }

  /// Takes the next element of the stream.
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
