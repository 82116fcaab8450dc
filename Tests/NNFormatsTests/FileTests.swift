import NNCore
import NNFormats
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Files as bytes")
struct FileBytesTests {
  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
  func readsWhatWasWritten(count: Int) throws {
    try withTemporaryFolder { folder in
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try AtomicFile.write(path: folder + "/a", bytes)
      #expect(try FileBytes.read(folder + "/a") == bytes)
    }
  }

  @Test func readsPipesToTheirEnd() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let sink = FileSink(descriptor: ends[1], path: "pipe")
    try sink.write([1, 2, 3])
    close(ends[1])
    #expect(try FileBytes.read("/dev/fd/\(ends[0])") == [1, 2, 3])
    close(ends[0])
  }

  @Test func refusesANamedPipeWithoutWaitingForAWriter() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      let message = "\(path): is a named pipe, not a regular file"
      expectError(message, "/dev/stdin") { _ = try FileBytes.read(path) }
      expectError(message) { _ = try FileBytes.read(path, first: 8) }
      expectError(message) { _ = try SafeTensorsFile(contentsOf: path) }
    }
  }

  @Test func namesThePathAndTheReason() throws {
    expectError("/nowhere/file: no such file") { _ = try FileBytes.read("/nowhere/file") }
    expectError("/tmp: is a folder; expected a file") { _ = try FileBytes.read("/tmp") }
    expectError("/dev/null/x: cannot be opened: Not a directory") {
      _ = try FileBytes.read("/dev/null/x")
    }
  }

  @Test(.enabled(if: getuid() != 0, "root may read everything"))
  func namesMissingRights() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(path: folder + "/a", [1])
      chmod(folder + "/a", 0)
      expectError("Permission denied") { _ = try FileBytes.read(folder + "/a") }
    }
  }

  @Test func tellsWhetherAPathExists() {
    #expect(FileBytes.exists("/tmp"))
    #expect(!FileBytes.exists("/nowhere"))
  }
}

@Suite("Files that are old or new, never between")
struct AtomicFileTests {
  @Test func replacesAFileWithoutWaitingForTheDisk() throws {
    try withTemporaryFolder { folder in
      for text in ["first", "second"] {
        try AtomicFile.write(path: folder + "/a", text: text, isSynced: false)
        #expect(try FileBytes.read(folder + "/a") == Array(text.utf8))
      }
      expectError("\(folder)/none/a: cannot be written: No such file") {
        try AtomicFile.write(path: folder + "/none/a", text: "x", isSynced: false)
      }
    }
  }

  @Test func replacesAFileAndLeavesNothingElse() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(path: folder + "/a.txt", text: "old and long")
      try AtomicFile.write(path: folder + "/a.txt", text: "new")
      #expect(try FileBytes.read(folder + "/a.txt") == Array("new".utf8))
      #expect(names(in: folder) == ["a.txt"])
    }
  }

  @Test func keepsTheOldFileWhenWritingFails() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(path: folder + "/a", text: "old")
      expectError("device gone", kind: .runFailed) {
        try AtomicFile.write(path: folder + "/a") { (file) throws(NNError) in
          try file.write([1, 2, 3])
          throw .failed("device gone")
        }
      }
      #expect(try FileBytes.read(folder + "/a") == Array("old".utf8))
      #expect(names(in: folder) == ["a"])
    }
  }

  @Test(.enabled(if: FileBytes.exists("/dev/full")))
  func namesThePathWhenTheDiskIsFull() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let sink = FileSink(descriptor: descriptor, path: "runs/a/model.safetensors")
    expectError(
      "runs/a/model.safetensors: cannot be written: No space left on device", kind: .runFailed
    ) { try sink.write([1]) }
  }

  @Test func namesThePathWhenTheFolderIsMissing() throws {
    expectError("/nowhere/a: cannot be written: No such file or directory") {
      try AtomicFile.write(path: "/nowhere/a", [1])
    }
  }

  @Test func refusesToReplaceAFolder() throws {
    try withTemporaryFolder { folder in
      mkdir(folder + "/sub", 0o755)
      expectError("sub: cannot be replaced: Is a directory") {
        try AtomicFile.write(path: folder + "/sub", [1])
      }
      #expect(names(in: folder) == ["sub"])
      rmdir(folder + "/sub")
    }
  }

  @Test func removesWhatKilledWritersLeft() throws {
    try withTemporaryFolder { folder in
      // No process can have the first number; this one lives.
      for name in [".a.2147483647-3.tmp", ".b.\(getpid())-3.tmp", "c.tmp", ".d.txt-1.tmp"] {
        try AtomicFile.write(path: "\(folder)/\(name)", [1])
      }
      AtomicFile.removeLeftovers(in: folder)
      #expect(names(in: folder) == [".b.\(getpid())-3.tmp", ".d.txt-1.tmp", "c.tmp"])
    }
  }
}
