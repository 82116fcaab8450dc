import NNCore
import NNTestSupport
import NNTraining
import Testing

@Suite struct ModelSummaryTests {
  /// Every number computed by hand.
  @Test func aConvolutionalNetwork() throws {
    let summary = try ModelSummary(
      config: Config(
        yaml: """
          data: {train: moons, batch_size: 20}
          model:
            - linear: 32
            - reshape: [2, 4, 4]
            - conv2d: {out_channels: 3, kernel_size: 3, padding: same}
            - batch_norm2d
            - residual: [{conv2d: {out_channels: 3, kernel_size: 1, bias: false}}, relu]
            - max_pool2d: 2
            - {name: features, flatten: {}}
            - {name: classes, linear: 5}
          loss: cross_entropy
          optimizer: adam
          """))
    let rows = summary.rows.map {
      "\($0.path) \($0.outputShape) \($0.parameters) \($0.multiplyAdds)"
    }
    #expect(
      rows == [
        "0 [32] 96 64",
        "1 [2, 4, 4] 0 0",
        "2 [3, 4, 4] 57 864",
        "3 [3, 4, 4] 6 0",
        "4.0 [3, 4, 4] 9 144",
        "4.1 [3, 4, 4] 0 0",
        "4 [3, 4, 4] 0 0",
        "5 [3, 2, 2] 0 0",
        "features [12] 0 0",
        "classes [5] 65 60",
      ])
    #expect(summary.rows.map(\.layer).first == "Dense 32")
    #expect(summary.parameterCount == 96 + 57 + 6 + 9 + 65)
    #expect(summary.multiplyAdds == 64 + 864 + 144 + 60)
    #expect(summary.batchSize == 20)
    // Each parameter starts at a multiple of 16 elements; Adam keeps two moments of each.
    let padded = 64 + 32 + 64 + 16 + 16 + 16 + 16 + 64 + 16
    #expect(summary.stateByteCount == 3 * 4 * padded + (3 * 4 + 3 * 4 + 8))
    // At least the largest activation of a step, at most all of them without sharing and their
    // gradients.
    #expect(summary.arenaByteCount >= 20 * 48 * 4)
    #expect(summary.arenaByteCount <= 100 * 20 * 48 * 4)
    // Inputs of two numbers, labels, and Adam's three scalars.
    #expect(summary.inputByteCount == 20 * 2 * 4 + 20 * 4 + 3 * 4)
  }

  @Test func invalidLayersAreNamed() throws {
    expectError("`0` (Conv2D", "[N, 2]") {
      _ = try ModelSummary(
        config: Config(
          yaml: """
            data: {train: moons}
            model: [{conv2d: {out_channels: 1, kernel_size: 2}}, {linear: 2}]
            loss: cross_entropy
            optimizer: adam
            """))
    }
  }
}
