import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A pseudo-terminal in which a program can be run.
struct Terminal {
  /// `TIOCSPTLCK` and `TIOCGPTN` of asm-generic/ioctls.h, macros that Swift does not import.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  private let primary: FileHandle
  private let secondaryPath: String
  private let kind: String

  /// Opens a terminal.
  ///
  /// - Parameter kind: its name in the environment (`TERM`).
  init(columns: Int, rows: Int, kind: String = "xterm") throws {
    let descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var isLocked: Int32 = 0
    var number: Int32 = 0
    guard descriptor >= 0, ioctl(descriptor, Self.setLock, &isLocked) == 0,
      ioctl(descriptor, Self.getNumber, &number) == 0
    else { throw POSIXError(.ENODEV) }
    var size = winsize()
    size.ws_col = UInt16(columns)
    size.ws_row = UInt16(rows)
    guard ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0 else { throw POSIXError(.ENOTTY) }
    primary = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    secondaryPath = "/dev/pts/\(number)"
    self.kind = kind
  }

  /// Runs a program to its end and returns its output to the terminal.
  func run(_ path: String, _ arguments: [String]) throws -> String {
    let secondary = open(secondaryPath, O_RDWR | O_NOCTTY)
    guard secondary >= 0 else { throw POSIXError(.ENOTTY) }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["TERM": kind]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(fileDescriptor: secondary, closeOnDealloc: false)
    try process.run()
    close(secondary)
    var output = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      // Reading fails once the other side is closed.
      let count = read(primary.fileDescriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      output += buffer[..<count]
    }
    process.waitUntilExit()
    // The terminal itself puts a carriage return before each line feed.
    return String(decoding: output, as: UTF8.self).replacing("\r\n", with: "\n")
  }
}
