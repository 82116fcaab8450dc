import NNCore
public import NNGraph

/// A learnt vector for each token or category (PyTorch's `Embedding`).
///
/// `numEmbeddings` defaults to the number of categories of the input that the layer reads, else to
/// the vocabulary size.
///
/// Input int32 tokens [..] in 0..<`numEmbeddings`; weight [`numEmbeddings`, `embeddingDim`],
/// initially normal with mean 0 and standard deviation 1; output [.., `embeddingDim`]. A token out
/// of range yields zeros. The vector of `paddingIdx` starts as zeros and is not trained.
public struct Embedding: Layer {
  /// The length of each vector.
  public let embeddingDim: Int
  /// The number of tokens; nil for the number of categories, or the vocabulary size.
  public let numEmbeddings: Int?
  /// The token whose vector is not trained; nil for none.
  public let paddingIdx: Int?
  let weightInitializer: Initializer

  /// Creates the layer.
  public init(
    _ embeddingDim: Int, numEmbeddings: Int? = nil, paddingIdx: Int? = nil,
    weightInitializer: Initializer = .normal()
  ) {
    self.embeddingDim = embeddingDim
    self.numEmbeddings = numEmbeddings
    self.paddingIdx = paddingIdx
    self.weightInitializer = weightInitializer
  }

  /// The name in tables and error messages: `Embedding 64`.
  public var description: String { "Embedding \(embeddingDim)" }

  /// Adds the lookup to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    let categoryCount = scope.categoryCount(of: input)
    guard let numEmbeddings = numEmbeddings ?? categoryCount ?? scope.vocabularySize else {
      return scope.rejectOption(
        "has a vector for each token of the vocabulary, and the data have none")
    }
    guard categoryCount.map({ $0 <= numEmbeddings }) ?? true else {
      return scope.rejectOption(
        "has vectors for \(numEmbeddings) categories, and its input has \(categoryCount ?? 0), "
          + "counting that of unknown ones; leave num_embeddings out")
    }
    guard numEmbeddings > 0, embeddingDim > 0 else {
      return scope.rejectOption(
        "needs at least one token and one number for each, got \(numEmbeddings) × \(embeddingDim)")
    }
    guard paddingIdx.map((0..<numEmbeddings).contains) ?? true else {
      return scope.rejectOption(
        "pads with token \(paddingIdx ?? 0), which is not in 0..<\(numEmbeddings)")
    }
    guard input.dtype == .int32 else {
      return scope.reject(input, expected: "int32 tokens, not \(input.dtype)")
    }
    let initializer = paddingIdx.map { weightInitializer.withZeros(inRow: $0) } ?? weightInitializer
    return scope.parameter("weight", [numEmbeddings, embeddingDim], initializer)
      .gatherRows(input, paddingRow: paddingIdx)
  }
}

extension Initializer {
  /// The same initializer with zeros in one row of a matrix.
  fileprivate func withZeros(inRow row: Int) -> Initializer {
    Initializer("\(description), zeros in row \(row)") { shape, fan, generator throws(NNError) in
      var numbers = [Double](repeating: 0, count: shape.elementCount)
      try numbers.withUnsafeMutableBufferPointer { target throws(NNError) in
        try fill(target, shape, fan, generator)
      }
      numbers.replaceSubrange(
        row * shape[1]..<(row + 1) * shape[1], with: [Double](repeating: 0, count: shape[1]))
      return numbers
    }
  }
}
