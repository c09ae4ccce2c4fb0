"""What is yours can be added and removed by files alone, as the pages of a project say."""
