import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

/// Networks with an input of categories next to numbers.
@Suite("Inputs of categories") struct CategoryInputTests {
  private func layout(
    _ embedding: Embedding, inputs: [String] = ["input", "city"],
    counts: [String: Int] = ["city": 5]
  ) throws -> ParameterLayout {
    let model = Model(
      LayerGraph(
        inputs: inputs,
        [
          .init("vectors", from: ["city"], embedding),
          .init("joined", from: ["input", "vectors"], Concat()),
          .init("out", from: ["joined"], Dense(1)),
        ]))
    return try model.layout(
      InputSignature(
        ["input": TensorType([2], .float32), "city": TensorType([], .int32)],
        categoryCounts: counts, dtype: .float32))
  }

  @Test("an embedding has a vector for each category of the input that it reads")
  func counted() throws {
    let found = try layout(Embedding(3))
    #expect(found["vectors.weight"]?.shape == [5, 3])
    #expect(found["out.weight"]?.shape == [1, 5])
    #expect(try layout(Embedding(3, numEmbeddings: 7))["vectors.weight"]?.shape == [7, 3])
  }

  @Test("the number of vectors is that of the input, not of the vocabulary of texts")
  func nextToTexts() throws {
    let model = Model(
      LayerGraph(
        inputs: ["input", "city"],
        [
          .init("words", from: ["input"], Sequential([Embedding(4), StepPooling()])),
          .init("vectors", from: ["city"], Sequential([Embedding(3), ReLU()])),
          .init("joined", from: ["words", "vectors"], Concat()),
        ]))
    let found = try model.layout(
      InputSignature(
        ["input": TensorType([6], .int32), "city": TensorType([], .int32)],
        vocabulary: VocabularySizes(input: 9, output: 2), categoryCounts: ["city": 5],
        dtype: .float32))
    #expect(found["words.0.weight"]?.shape == [9, 4])
    #expect(found["vectors.0.weight"]?.shape == [5, 3])
  }

  @Test("inputs may be listed in any order")
  func anyOrder() throws {
    let found = try layout(Embedding(3), inputs: ["city", "input"])
    #expect(found["vectors.weight"]?.shape == [5, 3])
    #expect(found["out.weight"]?.shape == [1, 5])
  }

  @Test("too few vectors, and none whose number is known, are errors")
  func wrong() {
    expectError("has vectors for 4 categories, and its input has 5", "leave num_embeddings out") {
      _ = try layout(Embedding(3, numEmbeddings: 4))
    }
    expectError("has a vector for each token of the vocabulary, and the data have none") {
      _ = try layout(Embedding(3), counts: [:])
    }
  }
}
