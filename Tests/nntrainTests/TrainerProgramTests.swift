import Foundation
import NNTestSupport
import Testing

/// The programs of docs/networks.md that train with `Trainer`.
@Suite struct TrainerProgramTests {
  private let examples = ExampleProgram.folder

  private func lastNumber(_ line: String?) -> Double? {
    line?.split(separator: " ").last.flatMap { Double($0) }
  }

  @Test func lossesOfLBFGSAreThoseOfPyTorch() throws {
    let lines = try ExampleProgram("LBFGS").lines(
      [examples.appending(path: "LBFGS/Fixtures/sine.safetensors").path])
    #expect(lines.count == 11)
    let difference = try #require(lastNumber(lines.last))
    #expect(difference < 1e-9, "\(lines)")
  }

  @Test func aFrozenTrunkIsKeptAndSavesTime() throws {
    let lines = try ExampleProgram("TransferLearning").lines(
      [examples.appending(path: "TransferLearning/Fixtures/trunk.safetensors").path])
    #expect(lines.prefix(2).allSatisfy { $0.hasPrefix("not loaded: `head.") }, "\(lines)")
    #expect(lines.contains("trunk unchanged: true"), "\(lines)")
    let accuracy = try #require(lastNumber(lines.first { $0.hasPrefix("accuracy") }))
    #expect(accuracy > 0.95, "\(lines)")
    let share = try #require(
      lines.last?.split(separator: " ").compactMap { Double($0) }.first)
    #expect(share < 0.8, "\(lines)")
  }

  @Test func aCallbackEndsATraining() throws {
    let folder = try TemporaryFolder()
    let lines = try ExampleProgram("EarlyStopping").lines([folder.path("moons.safetensors")])
    let counts = lines.map { $0.split(separator: " ").compactMap { Int($0) } }
    let stopped = try #require(counts.first?.first)
    #expect((6..<300).contains(stopped), "\(lines)")
    // The thread trains on until it is cancelled, but the events are the same.
    #expect(counts.count == 3 && counts[1] == [stopped], "\(lines)")
    let right = try #require(counts.last?.first)
    #expect(right >= 85, "\(lines)")
  }
}
