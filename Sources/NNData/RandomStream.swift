/// What this module draws random numbers for; each use has a stream of its own, so that one never
/// changes another.
enum RandomStream {
  static let split: UInt32 = 0x4441_0001
  static let order: UInt32 = 0x4441_0002
  static let generatorNoise: UInt32 = 0x4441_0003
  static let generatorOrder: UInt32 = 0x4441_0004
  static let generatorCenters: UInt32 = 0x4441_0005
  static let batchOrder: UInt32 = 0x4441_0006
}
