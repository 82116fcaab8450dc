import Foundation
import NNTestSupport
import Testing

/// The programs of docs/networks.md with loops, layers and several losses of their own.
@Suite struct TrainingLoopProgramTests {
  /// Both players lose 2 ln 2 and ln 2 where they cannot be told apart.
  @Test func aGeneratorDrawsFromEveryMode() throws {
    let folder = try TemporaryFolder()
    let lines = try ExampleProgram("GAN").lines([folder.path("points.svg")])
    #expect(lines.filter { $0.hasPrefix("step ") }.count == 4)
    #expect(abs(try ExampleProgram.number(after: "step 2000", in: lines) - 0.69) < 0.2, "\(lines)")
    #expect(try ExampleProgram.number(after: "near a centre", in: lines) > 0.6, "\(lines)")
    #expect(try ExampleProgram.number(after: "centres drawn", in: lines) >= 7, "\(lines)")
    let svg = try String(contentsOfFile: folder.path("points.svg"), encoding: .utf8)
    #expect(svg.split(separator: "<circle").count - 1 == 16 * 128)
  }

  @Test func aDecoderDrawsNewImages() throws {
    let lines = try ExampleProgram("VAE").lines()
    #expect(lines.filter { $0.hasPrefix("epoch ") }.count == 3)
    // The square sum of an image is about π.
    #expect(
      try ExampleProgram.number(after: "distance to the nearest image", in: lines) < 0.3, "\(lines)"
    )
    #expect(
      try ExampleProgram.number(after: "places of the brightest pixel", in: lines) >= 15, "\(lines)"
    )
  }

  @Test func aPolicyLearnsToBalance() throws {
    let lines = try ExampleProgram("PolicyGradient").lines()
    #expect(try ExampleProgram.number(after: "round 1:", in: lines) < 60, "\(lines)")
    #expect(try ExampleProgram.number(after: "round 50:", in: lines) > 130, "\(lines)")
  }

  @Test func aRunningStatisticIsAmongTheWeights() throws {
    let lines = try ExampleProgram("OwnLayer").lines()
    #expect(try ExampleProgram.number(after: "accuracy", in: lines) > 0.9, "\(lines)")
    // 450 examples in batches of 50, for 40 epochs.
    #expect(lines.contains("0.batches [360.0]"), "\(lines)")
    let line = try #require(lines.first { $0.hasPrefix("0.magnitude") })
    let magnitudes = line.split { " [],".contains($0) }.compactMap { Double($0) }
    try #require(magnitudes.count == 2, "\(line)")
    // The mean magnitude of a normal number is √(2/π) of its deviation.
    #expect(
      abs(magnitudes[0] / 7979 - 1) < 0.15 && abs(magnitudes[1] / 7.979e-4 - 1) < 0.15, "\(line)")
  }

  @Test func oneTrunkServesTwoTasks() throws {
    let lines = try ExampleProgram("MultiTask").lines()
    #expect(try ExampleProgram.number(after: "accuracy_direction", in: lines) > 0.95, "\(lines)")
    // Brightness is uniform in 0.5…1.5: its mean absolute deviation is 0.25.
    #expect(try ExampleProgram.number(after: "mae_brightness", in: lines) < 0.1, "\(lines)")
  }
}
