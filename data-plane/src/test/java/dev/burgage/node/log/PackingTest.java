package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {
  private static byte[] text(int length) {
    return "SELECT id, name FROM item;\n"
        .repeat(1 + length / 27)
        .substring(0, length)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 65_536, 1 << 20})
  void whatIsPackedIsShorterAndTheSameWhenItIsUnpacked(int length) throws Exception {
    byte[] packed = Packing.ZSTD.pack(text(length));
    assertThat(packed.length).isLessThan(length / 4);
    assertThat(Packing.ZSTD.unpack(packed, length)).isEqualTo(text(length));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, 1 << 20})
  void whatCannotBePackedStaysAsItIs(int length) {
    byte[] plain = noise(length);
    assertThat(Packing.ZSTD.pack(plain)).isSameAs(plain);
  }

  @Test
  void whatCanBePackedInItsSecondHalfIsPacked() throws Exception {
    byte[] plain = noise(1 << 20);
    byte[] text = text(1 << 19);
    System.arraycopy(text, 0, plain, 1 << 19, text.length);
    byte[] packed = Packing.ZSTD.pack(plain);
    assertThat(packed.length).isLessThan(plain.length * 5 / 8);
    assertThat(Arrays.equals(Packing.ZSTD.unpack(packed, plain.length), plain)).isTrue();
  }

  @Test
  void whatIsDamagedIsSaidToBe() {
    byte[] packed = Packing.ZSTD.pack(text(4096));
    assertThatThrownBy(() -> Packing.ZSTD.unpack(packed, 4095))
        .isInstanceOf(DamagedRecordException.class);
    assertThatThrownBy(() -> Packing.ZSTD.unpack(packed, 4097))
        .isInstanceOf(DamagedRecordException.class);
    packed[0] ^= 1;
    assertThatThrownBy(() -> Packing.ZSTD.unpack(packed, 4096))
        .isInstanceOf(DamagedRecordException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 33, 512, 4096, 65_537, 1 << 20})
  void zerosAreLeftOutWhereverTheyAre(int length) throws Exception {
    for (int seed = 0; seed < 200 && (seed < 20 || length < 100_000); seed++) {
      byte[] plain = withHoles(length, new Random(seed));
      byte[] packed = Packing.ZERO_RUNS.pack(plain);
      if (packed.length == length) {
        assertThat(packed).isEqualTo(plain);
      } else {
        assertThat(packed.length).isLessThanOrEqualTo(length - length / 8);
        assertThat(Arrays.equals(Packing.ZERO_RUNS.unpack(packed, length), plain)).isTrue();
      }
    }
    assertThat(Packing.ZERO_RUNS.pack(noise(length))).hasSize(length);
    assertThat(Packing.ZERO_RUNS.pack(new byte[length])).hasSizeLessThanOrEqualTo(39);
  }

  private static byte[] withHoles(int length, Random random) {
    byte[] bytes = new byte[length];
    int at = 0;
    while (at < length) {
      int end = Math.min(length, at + 1 + random.nextInt(1 + random.nextInt(500)));
      boolean isHole = random.nextInt(3) > 0;
      for (; at < end; at++) {
        bytes[at] = isHole ? 0 : (byte) random.nextInt();
      }
    }
    return bytes;
  }

  @Test
  void whatSaysMoreZerosOrBytesThanThereAreIsDamaged() throws Exception {
    byte[] packed = Packing.ZERO_RUNS.pack(new byte[4096]);
    assertThat(Packing.ZERO_RUNS.unpack(packed, 4096)).isEqualTo(new byte[4096]);
    for (int plainBytes : new int[] {0, 4095, 4097}) {
      assertThatThrownBy(() -> Packing.ZERO_RUNS.unpack(packed, plainBytes))
          .isInstanceOf(DamagedRecordException.class);
    }
    Random random = new Random(5);
    byte[] whole = Packing.ZERO_RUNS.pack(withHoles(4096, random));
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 9));
      for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(random.nextBoolean() ? 3 : 256);
      }
      try {
        assertThat(Packing.ZERO_RUNS.unpack(bytes, 4096)).hasSize(4096);
      } catch (DamagedRecordException e) {
        assertThat(e).hasMessageContaining("4096 bytes");
      }
    }
  }
}
