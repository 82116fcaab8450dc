import NNCore
import NNGraph
import NNLosses
import NNTestSupport
import Testing

@Suite struct RejectedLossTests {
  private func check(
    _ loss: any Loss, _ output: TensorType, _ target: TensorType, _ message: String,
    hint: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let graph = Graph()
    let value = loss(graph.input("output", output), graph.input("target", target))
    #expect(value.isPoisoned, sourceLocation: sourceLocation)
    expectError(message, hint ?? "", sourceLocation: sourceLocation) { try graph.validate() }
  }

  private func type(_ shape: Shape, _ dtype: DType = .float32) -> TensorType {
    TensorType(shape, dtype)
  }

  /// [N, 1] with [N] would broadcast to [N, N] and train on meaningless differences.
  @Test(arguments: ["mse", "l1", "squared_error", "huber", "smooth_l1", "bce", "bce_with_logits"])
  func shapesMustBeEqual(name: String) throws {
    let losses: [any Loss] = [
      MeanSquaredError(), AbsoluteError(), SquaredError(), Huber(), SmoothL1(),
      BinaryCrossEntropy(), BinaryCrossEntropyWithLogits(),
    ]
    let loss = try #require(losses.first { $0.name == name })
    check(
      loss, type([4, 1]), type([4]),
      "loss \(name) takes a target of the output's shape [4, 1], gets [4]",
      hint: "reshape the target to [4, 1]")
    check(
      loss, type([4, 3]), type([4, 2]), "gets [4, 2]", hint: "change the last layer's size")
    check(
      loss, type([4]), type([4], .float64),
      "loss \(name) takes a target of the output's type float32, gets float64",
      hint: "convert the target to float32")
  }

  @Test func labelsMustMatchTheOutput() {
    for loss in [CrossEntropy(), NegativeLogLikelihood()] as [any Loss] {
      check(
        loss, type([4, 3]), type([4], .int64),
        "loss \(loss.name) takes int32 class labels, gets int64", hint: "convert the labels")
      check(
        loss, type([4, 3]), type([4, 1], .int32),
        "loss \(loss.name) takes labels [4] for an output [4, 3], gets [4, 1]",
        hint: "reshape the labels to [4]")
      check(
        loss, type([4, 3, 2]), type([4], .int32), "takes labels [4, 2] for an output [4, 3, 2]")
      check(loss, type([]), type([], .int32), "takes an output [N, classes], gets []")
    }
    check(
      CrossEntropy(), type([4, 3]), type([4, 2]),
      "loss cross_entropy takes a target of the output's shape [4, 3], gets [4, 2]")
    check(
      NegativeLogLikelihood(), type([4, 3]), type([4, 3]),
      "loss nll takes int32 class labels, gets float32")
  }

  @Test func weightsAndOptionsMustBeValid() {
    check(
      CrossEntropy(weight: [1, 2]), type([4, 3]), type([4], .int32),
      "loss cross_entropy takes 3 weights for an output [4, 3], gets 2")
    check(
      NegativeLogLikelihood(weight: [1]), type([4, 3]), type([4], .int32),
      "loss nll takes 3 weights for an output [4, 3], gets 1")
    check(
      BinaryCrossEntropyWithLogits(positiveWeight: [1, 2]), type([4, 3]), type([4, 3]),
      "loss bce_with_logits takes 3 weights for an output [4, 3], gets 2")
    check(
      CrossEntropy(labelSmoothing: 1.5), type([4, 3]), type([4], .int32),
      "label smoothing 1.5 is not in 0…1")
    check(
      CrossEntropy(ignoreIndex: 2_147_483_648), type([4, 3]), type([4], .int32),
      "loss cross_entropy: ignore_index 2147483648 is not in -2147483648…2147483647")
    check(Huber(delta: 0), type([4]), type([4]), "delta 0.0 must be > 0")
    check(SmoothL1(beta: -1), type([4]), type([4]), "beta -1.0 is negative")
  }
}
