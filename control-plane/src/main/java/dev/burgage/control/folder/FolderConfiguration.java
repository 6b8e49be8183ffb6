package dev.burgage.control.folder;

import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Takes the data folder before anything is started in it.
@Configuration(proxyBeanMethods = false)
class FolderConfiguration {
  @Bean
  DataFolder dataFolder(@Value("${burgage.data}") Path folder) {
    return DataFolder.open(folder);
  }
}
