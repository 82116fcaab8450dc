import Foundation
import NNServer
import NNTestSupport
import NeuralNet
import Testing

/// The network in training and the frames that show it.
@Suite struct PlaygroundNetworkTests {
  // MARK: - The same again

  @Test func theSameStepsProduceTheSameFrame() throws {
    let (one, other) = (try network(), try network())
    #expect(try one.frame(isComplete: true) == other.frame(isComplete: true))
    one.advance(.steps(37))
    // Frames in between change nothing, nor does another network.
    let stranger = try network { $0.seed = 2 }
    for _ in 0..<37 {
      other.advance(.steps(1))
      stranger.advance(.steps(1))
      _ = try other.frame(isComplete: false)
    }
    #expect(try one.frame(isComplete: false) == other.frame(isComplete: false))
    #expect(try one.frame(isComplete: false) != stranger.frame(isComplete: false))
  }

  @Test func stepsAndEpochsAreCounted() throws {
    let network = try network()
    // 210 points in batches of 16.
    network.advance(.steps(13))
    #expect((network.step, network.epoch) == (13, 0))
    network.advance(.steps(1))
    #expect((network.step, network.epoch) == (14, 1))
    network.advance(.steps(3))
    network.advance(.epochs(2))
    #expect((network.step, network.epoch) == (42, 3))
    #expect(network.epochLosses.count == 3)
    let frame = try Frame(network.frame(isComplete: true))
    #expect(try frame.integer("step") == 42)
    #expect(try frame.integer("epoch") == 3)
    #expect(try frame.integer("steps_per_epoch") == 14)
    #expect(try frame.integer("parameters") == 24 + 72 + 9)
  }

  @Test func timeIsBounded() throws {
    // Each reading of the clock takes a millisecond: one at the start, one after each step.
    var time = Duration.zero
    let network = try PlaygroundNetwork(PlaygroundExperiment(PlaygroundSettings())) {
      time += .milliseconds(1)
      return time
    }
    network.advance(.milliseconds(20))
    #expect(network.step == 20)
    network.advance(.steps(1_000_000_000))
    #expect(network.step == 20 + 1000)
    network.advance(.epochs(1_000_000_000))
    #expect(network.step == 20 + 2000)
  }

  @Test func itLearns() throws {
    let network = try network()
    let before = try Frame(network.frame(isComplete: false)).number("train", "loss")
    network.advance(.epochs(40))
    let after = try Frame(network.frame(isComplete: false))
    #expect(try after.number("train", "loss") < before / 4)
    #expect(try after.number("test", "score") > 0.97)
  }

  // MARK: - The content of a frame

  private static let side = 60

  /// The middle of a cell, rows from the top.
  private static func cell(_ row: Int, _ column: Int) -> (x: Double, y: Double) {
    func middle(_ index: Int) -> Double { (2 * (Double(index) + 0.5) / Double(side) - 1) * 3.2 }
    return (middle(column), -middle(row))
  }

  /// The oracle computes the network in plain loops from the weights in the frame.
  @Test(arguments: [0, 0.4]) func mapsShowTheOutputsOfNodes(dropout: Double) throws {
    let network = try network {
      ($0.features, $0.hidden, $0.source) = ([.x, .y, .product], [3, 2], .moons)
      $0.dropout = dropout
    }
    network.advance(.steps(30))
    let frame = try Frame(network.frame(isComplete: false))
    let widths = [3, 3, 2, 1]
    var weights: [(weight: [Double], bias: [Double])] = []
    var position = 0
    for (inputs, outputs) in zip(widths, widths.dropFirst()) {
      let weight = frame.floats(inputs * outputs, from: position).map(Double.init)
      let bias = frame.floats(outputs, from: position + inputs * outputs).map(Double.init)
      weights.append((weight, bias))
      position += inputs * outputs + outputs
    }
    func layers(_ x: Double, _ y: Double) -> [[Double]] {
      var values = [x, y, x * y]
      var all: [[Double]] = []
      for (index, layer) in weights.enumerated() {
        values = layer.bias.indices.map { node in
          let sum = values.indices.reduce(layer.bias[node]) {
            $0 + layer.weight[node * values.count + $1] * values[$1]
          }
          return index < 2 ? tanh(sum) : sum
        }
        all.append(values)
      }
      return all
    }
    let half = Self.side / 2
    let bytes = Array(frame.body[(4 * position)...])
    let outputBytes = 2 * Self.side * Self.side
    #expect(bytes.count == outputBytes + 5 * half * half)
    let sizes = try frame.numbers("sizes")
    #expect(sizes.count == 5)
    for node in 0..<5 {
      let (layer, index) = node < 3 ? (0, node) : (1, node - 3)
      var means: [Double] = []
      for row in 0..<half {
        for column in 0..<half {
          let own = [(0, 0), (0, 1), (1, 0), (1, 1)].map { down, right in
            let (x, y) = Self.cell(2 * row + down, 2 * column + right)
            return layers(x, y)[layer][index]
          }
          means.append(own.reduce(0, +) / 4)
        }
      }
      let size = means.map(abs).max() ?? 0
      #expect(abs(sizes[node] - size) < 1e-5)
      for (position, mean) in means.enumerated() {
        let expected = 128 + 127 * mean / size
        #expect(abs(Double(bytes[outputBytes + node * half * half + position]) - expected) <= 0.51)
      }
    }
    for row in 0..<Self.side {
      for column in 0..<Self.side {
        let (x, y) = Self.cell(row, column)
        let expected = 65535 / (1 + exp(-layers(x, y)[2][0]))
        let position = 2 * (row * Self.side + column)
        let found = Int(bytes[position]) | Int(bytes[position + 1]) << 8
        #expect(abs(Double(found) - expected) <= 1)
      }
    }
  }

  @Test func severalClassesHaveAMapEach() throws {
    let network = try network { ($0.source, $0.hidden) = (.blobs, [2]) }
    network.advance(.epochs(5))
    let frame = try Frame(network.frame(isComplete: false))
    let (cells, floats) = (Self.side * Self.side, 2 * 2 + 2 + 2 * 3 + 3)
    let maps = Array(frame.body[(4 * floats)...])
    #expect(maps.count == 3 * 2 * cells + 2 * cells / 4)
    // They are probabilities.
    for position in 0..<cells {
      let sum = (0..<3).reduce(0) { sum, one in
        let index = 2 * (one * cells + position)
        return sum + Int(maps[index]) + Int(maps[index + 1]) << 8
      }
      #expect(abs(sum - 65535) <= 2)
    }
  }

  @Test func oneInputHasCurves() throws {
    let network = try network { ($0.source, $0.hidden, $0.activation) = (.sine, [2], .relu) }
    let frame = try Frame(network.frame(isComplete: true))
    let weights = frame.floats(7).map(Double.init)
    let positions = 121
    // The output, two nodes, and the features x, x² and sin x.
    #expect(frame.body.count == 4 * (7 + positions * 6))
    for position in 0..<positions {
      let x = 3.7 * (2 * Double(position) / 120 - 1)
      let nodes = (0..<2).map { max(0, weights[$0] * x + weights[2 + $0]) }
      let output = weights[4] * nodes[0] + weights[5] * nodes[1] + weights[6]
      let expected = [output] + nodes + [x, x * x, sin(x)]
      for (index, expected) in expected.enumerated() {
        let found = Double(frame.floats(1, from: 7 + index * positions + position)[0])
        #expect(abs(found - expected) < 1e-5 * max(1, abs(expected)))
      }
    }
    #expect(try frame.texts("all_features") == ["x", "x_squared", "sin_x"])
  }

  @Test func aCompleteFrameHasEverythingToDraw() throws {
    let settings = PlaygroundSettings {
      ($0.source, $0.table, $0.batchSize) = (.csv, PlaygroundSettings.pets, 4)
    }
    let network = try PlaygroundNetwork(PlaygroundExperiment(settings))
    let frame = try Frame(network.frame(isComplete: true, session: "abc"))
    #expect(try frame.text("session") == "abc")
    #expect(try frame.texts("axes") == ["width", "height"])
    #expect(try frame.texts("class_names") == ["a, \"dog\"", "cat"])
    #expect(try frame.texts("losses") == ["bce_with_logits", "cross_entropy", "mse"])
    #expect(try frame.texts("settings", "features") == ["x", "y"])
    let points = try frame.numbers("train_points") + frame.numbers("test_points")
    #expect(points.count == 24 * 3)
    #expect(points.allSatisfy { abs($0) <= 2.5 })
  }

  @Test func axesShowTheUnitsOfTheData() throws {
    let network = try network { $0.samples = 20 }
    let frame = try Frame(network.frame(isComplete: true))
    let experiment = network.experiment
    let staged = experiment.points.staged
    let points = try frame.numbers("test_points")
    for (index, row) in experiment.rows.test.enumerated() {
      #expect(abs(points[3 * index] - staged[row].x) <= 0.0005)
      #expect(abs(points[3 * index + 1] - staged[row].y) <= 0.0005)
    }
  }

  // MARK: - Divergence

  @Test func aLossThatOverflowsStopsTheTraining() throws {
    let network = try network {
      ($0.source, $0.optimizer, $0.learningRate) = (.sine, .sgd, 10)
      ($0.activation, $0.features) = (.relu, [.x, .xSquared])
    }
    network.advance(.epochs(50))
    let failure = try #require(network.failure)
    #expect(failure.kind == .runFailed)
    let step = network.step
    network.advance(.epochs(1))
    #expect(network.step == step)
    let frame = try Frame(network.frame(isComplete: false))
    #expect(try frame.text("failure").contains("the loss became"))
    #expect(frame.header["hint"] != nil)
  }
}
