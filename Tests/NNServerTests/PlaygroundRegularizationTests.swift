import Foundation
import NNServer
import NNTestSupport
import NeuralNet
import Testing

/// Penalties and dropout change training according to their formulas; weights are set by hand.
@Suite struct PlaygroundRegularizationTests {
  /// The training points as the network reads them, and their labels.
  private func points(_ network: PlaygroundNetwork) throws -> (x: [[Double]], y: [Double]) {
    let experiment = network.experiment
    let staged = experiment.points.staged
    let labels = experiment.points.dataset.targets.scalars(as: Int32.self)
    let rows = experiment.rows.train
    return (rows.map { [staged[$0].x, staged[$0].y] }, rows.map { Double(labels[$0]) })
  }

  private func floats(_ network: PlaygroundNetwork, _ count: Int) throws -> [Double] {
    try Frame(network.frame(isComplete: false)).floats(count).map(Double.init)
  }

  private func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }

  // MARK: - Penalties

  /// One step of gradient descent over all points on logistic regression:
  /// θ − η(∂L/∂θ + λ₁ sign θ + λ₂ θ).
  @Test(arguments: [(0.0, 0.0), (0.3, 0), (0, 3), (10, 10)])
  func penaltiesAreThoseOfTheFormula(l1: Double, l2: Double) throws {
    let network = try network {
      ($0.hidden, $0.optimizer, $0.learningRate, $0.batchSize) = ([], .sgd, 0.01, 1000)
      ($0.l1Penalty, $0.weightDecay) = (l1, l2)
    }
    let (points, labels) = try points(network)
    let before = try floats(network, 3)
    let errors = zip(points, labels).map { point, label in
      sigmoid(before[0] * point[0] + before[1] * point[1] + before[2]) - label
    }
    let slopes = [0, 1, 2].map { column in
      zip(errors, points).reduce(0) { $0 + $1.0 * ($1.1 + [1])[column] } / Double(points.count)
    }
    network.advance(.steps(1))
    let after = try floats(network, 3)
    for index in 0..<3 {
      let weight = before[index]
      let penalty = l1 * (weight > 0 ? 1 : -1) + l2 * weight
      #expect(abs(after[index] - (weight - 0.01 * (slopes[index] + penalty))) < 1e-6)
    }
  }

  // MARK: - Dropout

  /// A step on one point: the output's weight of a dropped node stays, that of a kept node moves by
  /// η · (σ(z) − y) · a/(1 − p), where z sums the kept nodes alone.
  @Test func droppedNodesDoNotLearn() throws {
    let (nodes, dropout, rate) = (16, 0.5, 0.5)
    let network = try network {
      ($0.samples, $0.trainShare, $0.batchSize) = (20, 0.1, 1)
      ($0.hidden, $0.optimizer, $0.learningRate, $0.dropout) = ([nodes], .sgd, rate, dropout)
    }
    let (points, labels) = try points(network)
    let before = try floats(network, 4 * nodes + 1)
    network.advance(.steps(1))
    let after = try floats(network, 4 * nodes + 1)
    let output = 3 * nodes
    let kept = (0..<nodes).filter { after[output + $0] != before[output + $0] }
    #expect((1..<nodes).contains(kept.count))
    let matches = zip(points, labels).filter { point, label in
      let activations = (0..<nodes).map { node in
        tanh(
          before[2 * node] * point[0] + before[2 * node + 1] * point[1] + before[2 * nodes + node])
      }
      let sum = kept.reduce(before[4 * nodes]) {
        $0 + before[output + $1] * activations[$1] / (1 - dropout)
      }
      let error = sigmoid(sum) - label
      return kept.allSatisfy { node in
        let expected = before[output + node] - rate * error * activations[node] / (1 - dropout)
        return abs(after[output + node] - expected) < 1e-5
      }
    }
    // One of the two training points is that of the first step.
    #expect(points.count == 2 && matches.count == 1)
    // The incoming weights of a dropped node also stay.
    for node in 0..<nodes where !kept.contains(node) {
      for position in [2 * node, 2 * node + 1, 2 * nodes + node] {
        #expect(after[position] == before[position])
      }
    }
  }

  // MARK: - Weights by hand

  private typealias Index = PlaygroundNetwork.WeightIndex

  /// 2–3–1: weights [3, 2], biases [3], weights [1, 3], bias [1].
  @Test(
    arguments: [
      (0, 0, Int?.none, 6), (0, 2, 1, 5), (0, 1, 0, 2), (1, 0, 2, 11), (1, 0, nil, 12),
    ])
  func aWeightIsSet(layer: Int, node: Int, input: Int?, offset: Int) throws {
    let network = try network { $0.hidden = [3] }
    network.advance(.steps(3))
    var expected = try floats(network, 13)
    let first = try Frame(network.frame(isComplete: false))
    #expect(first.header["edited"] == nil)
    try network.set(Index(layer: layer, node: node, input: input), to: -2.5)
    expected[offset] = -2.5
    let frame = try Frame(network.frame(isComplete: false))
    #expect(frame.floats(13).map(Double.init) == expected)
    #expect(try frame.integer("edited") == 1 && frame.integer("step") == 3)
    // Losses and maps are those of the new weights, and training continues from them.
    #expect(try frame.number("train", "loss") != first.number("train", "loss"))
    #expect(frame.body.dropFirst(4 * 13) != first.body.dropFirst(4 * 13))
    try network.set(Index(layer: layer, node: node, input: input), to: 1)
    #expect(try Frame(network.frame(isComplete: false)).integer("edited") == 1)
    network.advance(.steps(1))
    #expect(network.failure == nil)
  }

  @Test func indicesOutOfRangeAreRejected() throws {
    let network = try network { $0.hidden = [3] }
    let before = try network.frame(isComplete: false)
    let wrong = [
      (Index(layer: 2, node: 0), "`layer` expects an integer from 0 to 1, gets 2"),
      (Index(layer: -1, node: 0), "`layer` expects an integer from 0 to 1, gets -1"),
      (Index(layer: 0, node: 3), "`node` expects an integer from 0 to 2, gets 3"),
      (Index(layer: 1, node: 1), "`node` expects an integer from 0 to 0, gets 1"),
      (Index(layer: 0, node: 0, input: 2), "`input` expects an integer from 0 to 1, gets 2"),
      (Index(layer: 1, node: 0, input: -1), "`input` expects an integer from 0 to 2, gets -1"),
    ]
    for (position, message) in wrong { expectError(message) { try network.set(position, to: 1) } }
    #expect(try network.frame(isComplete: false) == before)
  }

  @Test func afterAFailureNothingIsSet() throws {
    let network = try network {
      ($0.source, $0.optimizer, $0.learningRate) = (.sine, .sgd, 10)
      ($0.activation, $0.features) = (.relu, [.x, .xSquared])
    }
    network.advance(.epochs(50))
    try #require(network.failure != nil)
    expectError("training has stopped", "reset first") {
      try network.set(Index(layer: 0, node: 0), to: 1)
    }
  }

  @Test(
    arguments: [
      ("{}", "expects `layer`, `node` and `value`"),
      (#"{"layer": 0, "node": 0}"#, "expects `layer`, `node` and `value`"),
      (#"{"layer": 0, "node": 0, "value": 101}"#, "`value` expects a number from -100.0 to 100.0"),
      (#"{"layer": 0, "node": 0, "value": "1"}"#, "`value` expects a number"),
      (#"{"layer": 7, "node": 0, "value": 1}"#, "`layer` expects an integer from 0 to 6"),
      (#"{"layer": 0, "node": 0.5, "value": 1}"#, "`node` expects an integer from 0 to 15"),
      (#"{"layer": 0, "node": 0, "input": 16, "value": 1}"#, "`input` expects an integer"),
      (#"{"layer": 0, "node": 0, "bias": 1, "value": 1}"#, "there is no `bias`"),
    ])
  func invalidMessagesAreRejected(json: String, message: String) {
    expectError("weight", message) { _ = try Index.read(json: Array(json.utf8)) }
  }

  @Test func aMessageIsRead() throws {
    let json = #"{"layer": 1, "node": 0, "input": 2, "value": -0.5}"#
    let (position, value) = try Index.read(json: Array(json.utf8))
    #expect(position == Index(layer: 1, node: 0, input: 2) && value == -0.5)
    let bias = try Index.read(
      json: Array(#"{"layer": 0, "node": 3, "input": null, "value": 1}"#.utf8))
    #expect(bias.index == Index(layer: 0, node: 3))
  }

  @Test func resettingReinitializesTheWeights() async throws {
    let session = PlaygroundSessions()
    let first = try await session.open(PlaygroundSettings())
    let name = try Frame(first).text("session")
    _ = try await session.use(name) { try await $0.set(Index(layer: 0, node: 0), to: 50) }
    let again = try await session.use(name) { try await $0.configure(PlaygroundSettings()) }
    #expect(try Frame(again).body == Frame(first).body)
    #expect(try Frame(again).header["edited"] == nil)
  }
}
