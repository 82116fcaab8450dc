/// A dense row-major array of numbers in ordinary memory: what readers return, sessions take and
/// files hold.
///
/// A value type with copy-on-write: copies share memory until one of them is changed.
public struct HostTensor: Sendable {
  /// The extents of the axes.
  public private(set) var shape: Shape
  /// The type of the elements.
  public let dtype: DType
  private var storage: Storage

  /// Creates a tensor of zeros.
  public init(zeros shape: Shape, dtype: DType = .float32) {
    self.shape = shape
    self.dtype = dtype
    storage = Storage(byteCount: shape.elementCount * dtype.byteCount)
  }

  /// Creates a tensor from its elements in row-major order; their number must match the shape.
  public init<Scalar: TensorScalar>(_ scalars: [Scalar], shape: Shape) {
    precondition(
      scalars.count == shape.elementCount,
      "\(scalars.count) elements do not fill \(shape)")
    self.init(zeros: shape, dtype: Scalar.dtype)
    scalars.withUnsafeBytes { source in
      if let base = source.baseAddress {
        storage.address.copyMemory(from: base, byteCount: source.count)
      }
    }
  }

  /// Creates a one-axis tensor from its elements.
  public init<Scalar: TensorScalar>(_ scalars: [Scalar]) {
    self.init(scalars, shape: [scalars.count])
  }

  /// Creates a scalar tensor.
  public init<Scalar: TensorScalar>(scalar: Scalar) { self.init([scalar], shape: []) }

  /// Creates a tensor whose bytes the closure writes; they start as zeros.
  public init<Failure: Error>(
    shape: Shape, dtype: DType,
    initializingBytesWith body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    self.init(zeros: shape, dtype: dtype)
    try body(UnsafeMutableRawBufferPointer(start: storage.address, count: byteCount))
  }

  /// The number of elements.
  public var elementCount: Int { shape.elementCount }
  /// The size of all elements in bytes.
  public var byteCount: Int { elementCount * dtype.byteCount }

  /// The elements in row-major order; `Scalar` must be exactly the tensor's type.
  public func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar] {
    withScalars(as: type) { Array($0) }
  }

  /// Reads the elements in place; `Scalar` must be exactly the tensor's type.
  public func withScalars<Scalar: TensorScalar, Result, Failure: Error>(
    as type: Scalar.Type, _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(Scalar.dtype == dtype, "a \(dtype) tensor read as \(Scalar.dtype)")
    let pointer = storage.address.assumingMemoryBound(to: Scalar.self)
    return try body(UnsafeBufferPointer(start: pointer, count: elementCount))
  }

  /// Changes the elements in place, after copying them when they are shared.
  public mutating func withMutableScalars<Scalar: TensorScalar, Result, Failure: Error>(
    as type: Scalar.Type, _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(Scalar.dtype == dtype, "a \(dtype) tensor written as \(Scalar.dtype)")
    makeUnique()
    let pointer = storage.address.assumingMemoryBound(to: Scalar.self)
    return try body(UnsafeMutableBufferPointer(start: pointer, count: elementCount))
  }

  /// Reads the raw bytes in place (machine byte order).
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: storage.address, count: byteCount))
  }

  /// Changes the raw bytes in place, after copying them when they are shared.
  public mutating func withMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    makeUnique()
    return try body(UnsafeMutableRawBufferPointer(start: storage.address, count: byteCount))
  }

  /// The same elements under another shape with the same number of elements.
  public func reshaped(to shape: Shape) -> HostTensor {
    precondition(
      shape.elementCount == elementCount, "\(self.shape) cannot be reshaped to \(shape)")
    var result = self
    result.shape = shape
    return result
  }

  /// A copy of the slices `range` along the first axis: `self[range]` in NumPy.
  public func rows(_ range: Range<Int>) -> HostTensor {
    let rowBytes = shape[0] == 0 ? 0 : byteCount / shape[0]
    return HostTensor(shape: shape.replacing(axis: 0, with: range.count), dtype: dtype) { target in
      if let base = target.baseAddress {
        base.copyMemory(
          from: storage.address + range.lowerBound * rowBytes, byteCount: range.count * rowBytes)
      }
    }
  }

  /// The memory of the elements, for a caller that writes to it: the tensor's own memory when it is
  /// not shared, else a copy.
  package consuming func takeStorage() -> Storage {
    makeUnique()
    return storage
  }

  private mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    let copy = Storage(byteCount: byteCount)
    copy.address.copyMemory(from: storage.address, byteCount: byteCount)
    storage = copy
  }
}
