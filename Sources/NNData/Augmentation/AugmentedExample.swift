/// An example while it is augmented: its numbers in Float64, in the unit of the data.
///
/// Bytes stay 0…255 and tokens are their ids, so an augmentation that changes nothing leaves the
/// batch as it would be without it, to the last bit.
public struct AugmentedExample: Sendable {
  /// The layout of the numbers.
  public internal(set) var layout: ExampleLayout
  /// The numbers: the first ``count`` of these; the others are not in use.
  public var values: [Double]
  /// The valid steps of a series or a text; the height for others.
  public var length: Int
  /// Memory for a result that cannot be computed in place.
  private var spare: [Double]

  /// Creates an example.
  ///
  /// - Precondition: There are as many numbers as the layout has elements.
  public init(_ values: [Double], layout: ExampleLayout, length: Int? = nil) {
    precondition(values.count == layout.count, "\(values.count) numbers for \(layout.count)")
    self.values = values
    self.layout = layout
    self.length = length ?? layout.height
    spare = []
  }

  /// The number of elements.
  public var count: Int { layout.count }

  /// The numbers in use.
  public var numbers: [Double] { Array(values.prefix(count)) }

  /// Replaces the numbers by others that are computed from them.
  ///
  /// - Parameters:
  ///   - layout: The layout of the result.
  ///   - body: Gets the numbers before and fills those after, which hold any values at first.
  public mutating func replace(
    layout new: ExampleLayout, _ body: (_ old: [Double], _ new: inout [Double]) -> Void
  ) {
    if spare.count < new.count {
      spare += [Double](repeating: 0, count: new.count - spare.count)
    }
    body(values, &spare)
    swap(&values, &spare)
    layout = new
  }

  /// Starts with another example, whose memory is reused.
  ///
  /// - Parameter fill: Writes the numbers.
  mutating func start(
    _ layout: ExampleLayout, length: Int, _ fill: (UnsafeMutablePointer<Double>) -> Void
  ) {
    if values.count < layout.count {
      values += [Double](repeating: 0, count: layout.count - values.count)
    }
    self.layout = layout
    self.length = length
    values.withUnsafeMutableBufferPointer { buffer in
      if let first = buffer.baseAddress { fill(first) }
    }
  }
}
