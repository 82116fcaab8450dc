public import NNCore
public import NNFormats

/// Data sets whose inputs stay in a file.
extension Dataset {
  /// Creates a data set whose inputs are read from a file batch by batch, so that they may be larger
  /// than the memory. It equals the data set with the same numbers in memory, to the last bit of a
  /// training.
  ///
  /// All numbers are read once, block by block, to check that they are finite; bytes are not. The file must stay as it is while the data set is in use.
  ///
  /// - Parameters:
  ///   - name: Where the examples come from.
  ///   - inputs: [N, …] of any type, in a file.
  ///   - targets: int32 labels [N, …] or float numbers [N, K], in memory.
  ///   - classNames: The names of classes 0, 1, ….
  ///   - featureNames: The names of the input columns.
  ///   - weights: The weight of each example in losses; nil (default) for 1 each.
  /// - Throws: `NNError` as for inputs in memory, and if the file cannot be read.
  public init(
    name: String, inputs: RowFile, targets: HostTensor, classNames: [String]? = nil,
    featureNames: [String]? = nil, weights: [Double]? = nil
  ) throws(NNError) {
    try self.init(
      name: name, rows: Ports(.file(inputs)), namedTargets: [PortName.target: targets],
      vocabulary: nil, classNames: classNames, featureNames: featureNames, ignoredLabel: nil,
      weights: weights)
  }

  /// Whether an input is in a file, from which its rows are read when they are needed.
  public var isInFile: Bool { source.all.contains { $0.file != nil } }

  /// The element type of the main input as it is stored.
  package var inputType: DType { sourceInputs.dtype }

  /// The inputs of these examples, which are read from their file if they are in one.
  ///
  /// - Throws: `NNError` if they are in a file and take more memory than there is, or if the file
  ///   cannot be read.
  public func readInputs() throws(NNError) -> HostTensor {
    try source.values.gathering(selectedRows)
  }

  /// All inputs by name, otherwise as `readInputs()`.
  public func readNamedInputs() throws(NNError) -> Ports<HostTensor> {
    var inputs: [(name: String, part: HostTensor)] = []
    for (name, rows) in zip(source.names, source.all) {
      inputs.append((name, try rows.gathering(selectedRows)))
    }
    return Ports(named: inputs)
  }

  /// The result of reading inputs that are in memory, or in a file that stays readable.
  static func requiringReadable<Result>(_ body: () throws(NNError) -> Result) -> Result {
    do throws(NNError) { return try body() } catch {
      preconditionFailure("inputs in a file are read by a method that throws: \(error)")
    }
  }
}
