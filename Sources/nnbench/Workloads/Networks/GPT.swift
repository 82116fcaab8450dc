import NNCore
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

extension Workload {
  /// A small GPT over characters.
  static let gpt = Workload(
    "gpt", "4 layers of width 128 with 4 heads, 96 characters, context 128, batch 16, AdamW",
    network: smallGPT)

  /// The same GPT, which continues a prompt of 8 characters.
  static let gptGenerate = Workload(
    "gpt-generate", "the network of gpt generates 120 characters after 8, by greedy decoding",
    writing: smallGPT, after: 8)

  private static let smallGPT: @Sendable () -> Network = {
    let (rows, steps, characters) = (16, 128, 96)
    func tokens(_ stream: UInt32) -> HostTensor {
      RandomBatch.labels(rows * steps, classes: characters, stream: stream)
        .reshaped(to: [rows, steps])
    }
    return Network(
      model: Model {
        Embedding(128)
        LearntPositions(steps)
        TransformerEncoder(
          4,
          TransformerOptions(
            numHeads: 4, dimFeedforward: 512, dropout: 0, activation: .geluTanh, normFirst: true,
            isCausal: true), finalNorm: true)
        Dense(nil, bias: false)
      }, loss: nextToken, optimizer: AdamW(learningRate: 3e-4), input: tokens(0),
      target: tokens(1), vocabulary: VocabularySizes(input: characters))
  }

  /// Cross entropy of every step's scores [N, T, V] with the next token, [N, T].
  private static let nextToken = CustomLoss("next_token", target: CrossEntropy().target) {
    output, target in
    CrossEntropy()(
      output.reshaped(to: [target.shape.elementCount, output.shape[-1]]),
      target.reshaped(to: [target.shape.elementCount]))
  }
}
