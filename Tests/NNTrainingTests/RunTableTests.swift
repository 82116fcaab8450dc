import NNCore
import NNTestSupport
import NNTraining
import Testing

@Suite struct RunTableTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func table(_ text: String) throws -> RunTable? {
    try RunTable(contentsOf: folder.write(text, to: "table.csv"))
  }

  @Test func numbersAndGaps() throws {
    let table = try #require(
      try table("epoch,train_loss,val_loss,lr\n1,0.5,,1e-3\n2,nan,0.25,1e-3\n"))
    #expect(table.columns == ["epoch", "train_loss", "val_loss", "lr"])
    #expect(table["epoch"] == [1, 2])
    #expect(table["lr"] == [0.001, 0.001])
    let loss = try #require(table["train_loss"])
    #expect(loss[0] == 0.5 && loss[1].isNaN)
    let validation = try #require(table.filled("val_loss"))
    #expect(validation[0].isNaN && validation[1] == 0.25)
    #expect(table["accuracy"] == nil)
  }

  @Test func filesOfAKilledRun() throws {
    // A truncated line does not count.
    #expect(try table("step,loss\n10,1.5\n20,1.2")?["step"] == [10])
    #expect(try table("step,loss\n") == nil)
    #expect(try table("") == nil)
    #expect(try RunTable(contentsOf: folder.path("missing.csv")) == nil)
    let empty = try #require(try table("epoch,val_loss\n1,\n"))
    #expect(empty.filled("val_loss") == nil)
  }

  @Test func damage() {
    expectError("\(folder.path)/table.csv:3: holds no row of 2 numbers: 2,lots") {
      _ = try table("step,loss\n1,0.5\n2,lots\n")
    }
    expectError("\(folder.path)/table.csv:2: holds no row of 2 numbers: 1,2,3") {
      _ = try table("step,loss\n1,2,3\n")
    }
  }
}
