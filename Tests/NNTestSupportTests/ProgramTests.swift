import Foundation
import NNTestSupport
import Testing

@Suite struct ProgramTests {
  let shell = Program(path: "/bin/sh")

  @Test func outputErrorAndStatusAreKeptApart() throws {
    let result = try shell.run("-c", "echo out; echo problem >&2; exit 3")
    #expect(result.status == 3)
    #expect(result.signal == nil)
    #expect(!result.timedOut)
    #expect(result.standardOutput == "out\n")
    #expect(result.standardError == "problem\n")
  }

  @Test func inputEnvironmentAndFolderReachTheProgram() throws {
    let folder = try TemporaryFolder()
    try folder.write("text", to: "inside/file")
    let result = try shell.run(
      "-c", "cat; echo $NN_WORD; cat file; echo ${HOME-no home}",
      environment: ["NN_WORD": "word", "HOME": nil], in: folder.path("inside"), input: "typed\n")
    #expect(result.standardOutput == "typed\nword\ntextno home\n")
  }

  @Test func muchOutputDoesNotBlock() throws {
    let result = try shell.run("-c", "head -c 1000000 /dev/zero | tr '\\0' x")
    #expect(result.standardOutput.utf8.count == 1_000_000)
  }

  @Test func aHangingProgramIsKilled() throws {
    let result = try shell.run("-c", "exec sleep 30", timeout: 0.1)
    #expect(result.timedOut)
    #expect(result.signal == SIGKILL)
    #expect(result.status == nil)
  }

  @Test func signalsReachARunningProgram() throws {
    let program = try shell.start([
      "-c", "trap 'exit 130' INT; echo ready; while :; do sleep 0.01; done",
    ])
    #expect(program.wait { program.standardOutput == "ready\n" })
    program.send(SIGINT)
    #expect(program.wait().status == 130)
  }

  @Test func aMissingProgramThrows() {
    #expect(throws: (any Error).self) { try Program("no-such-program").run() }
  }

  @Test func temporaryFoldersVanish() throws {
    var folder: TemporaryFolder? = try TemporaryFolder()
    let path = try #require(try folder?.write("x", to: "file"))
    #expect(try folder?.text(of: "file") == "x")
    #expect(folder?.contains("file") == true)
    folder = nil
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
